// What the texts of a run carry: whose they are, and when they were sent. The mark of the run is 64 random bits, so
// that nothing else in a frame looks like one.

export type Marks = {
  /** `writer` is the number of a seat; `stamp` Unix ms with a fraction. Filled up to `TEXT_BYTES`. */
  text(kind: 'p' | 'w', writer: number, nth: number, stamp: number): string
  /** When this text was sent; null when it is not of this run. */
  stampOf(text: string): number | null
  /** How many private texts a frame shows that are not of `reader`'s conversation. */
  foreignIn(frame: string, reader: number): number
}

/** As the lines of a real chat are at most. */
const TEXT_BYTES = 200
const FILLING = ' the show must go on, and on, and on'.repeat(6)

export function createMarks(mark: string): Marks {
  const shape = new RegExp(`${mark}-[pw]\\d+-\\d+-([\\d.]+)`)
  const secret = `${mark}-w`
  return {
    text: (kind, writer, nth, stamp) =>
      `${mark}-${kind}${writer}-${nth}-${stamp.toFixed(2)}${FILLING}`.slice(0, TEXT_BYTES).trimEnd(),
    stampOf(text) {
      const found = shape.exec(text)
      return found ? Number(found[1]) : null
    },
    foreignIn(frame, reader) {
      let foreign = 0
      for (let at = frame.indexOf(secret); at >= 0; at = frame.indexOf(secret, at + 1))
        if (parseInt(frame.slice(at + secret.length, at + secret.length + 9), 10) !== reader) foreign++
      return foreign
    },
  }
}

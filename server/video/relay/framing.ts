// Bytes of a pipe into frames and back: a length, then that much.

const LENGTH_BYTES = 4

export function framed(pieces: readonly Uint8Array[]): Uint8Array[] {
  const length = new Uint8Array(LENGTH_BYTES)
  const total = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
  new DataView(length.buffer).setUint32(0, total)
  return [length, ...pieces]
}

/** Takes what comes in any pieces and hands on each frame, a copy of its own. False, from then on for ever, when a
 * frame is longer than `most` is at that moment: nothing is kept of it. */
export function createUnframer(
  most: () => number,
  frame: (bytes: Uint8Array<ArrayBuffer>) => void,
): (bytes: Uint8Array) => boolean {
  let pieces: Uint8Array[] = []
  let held = 0
  let tooLong = false

  function take(length: number): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const piece = pieces[0] ?? new Uint8Array(0)
      const used = piece.subarray(0, length - at)
      whole.set(used, at)
      at += used.byteLength
      if (used.byteLength === piece.byteLength) pieces.shift()
      else pieces[0] = piece.subarray(used.byteLength)
    }
    held -= length
    return whole
  }

  let wanted: number | undefined
  return (bytes) => {
    if (tooLong) return false
    if (bytes.byteLength > 0) pieces.push(bytes)
    held += bytes.byteLength
    for (;;) {
      if (wanted === undefined) {
        if (held < LENGTH_BYTES) return true
        wanted = new DataView(take(LENGTH_BYTES).buffer).getUint32(0)
        if (wanted > most()) {
          tooLong = true
          pieces = []
          return false
        }
      }
      if (held < wanted) return true
      const whole = take(wanted)
      wanted = undefined
      frame(whole)
    }
  }
}

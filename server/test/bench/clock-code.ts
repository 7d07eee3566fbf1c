// A clock that survives an encoder: 24 bits of the time in milliseconds as black and white squares, each with
// its complement below, so that a damaged square is noticed and not believed.
const BITS = 24
const SQUARE = 40
/** The code wraps after 4.6 hours. */
const WRAP = 2 ** BITS
/** Of 255: encoders smear edges, not the middle of a square this large. */
const CLEAR = 80

type Pixels = Pick<ImageData, 'data' | 'width'>
export const CODE_SIZE = { width: BITS * SQUARE, height: 2 * SQUARE } as const

export function drawClock(context: CanvasRenderingContext2D, now: number): void {
  const value = Math.floor(now) % WRAP
  for (let bit = 0; bit < BITS; bit++) {
    const on = Math.floor(value / 2 ** bit) % 2 === 1
    context.fillStyle = on ? '#fff' : '#000'
    context.fillRect(bit * SQUARE, 0, SQUARE, SQUARE)
    context.fillStyle = on ? '#000' : '#fff'
    context.fillRect(bit * SQUARE, SQUARE, SQUARE, SQUARE)
  }
}

/** The same into a picture of one byte a pixel. */
export function paintClock(picture: Uint8Array, width: number, now: number): void {
  const value = Math.floor(now) % WRAP
  for (let bit = 0; bit < BITS; bit++) {
    const on = Math.floor(value / 2 ** bit) % 2 === 1
    for (let y = 0; y < 2 * SQUARE; y++) {
      const from = y * width + bit * SQUARE
      picture.fill(on === y < SQUARE ? 255 : 0, from, from + SQUARE)
    }
  }
}

/** Milliseconds since the picture was drawn; null when the code cannot be read. */
export function ageOf(pixels: Pixels, now: number): number | null {
  const value = readClock(pixels)
  if (value === null) return null
  const age = (Math.floor(now) % WRAP) - value
  return age < -WRAP / 2 ? age + WRAP : age
}

function readClock({ data, width }: Pixels): number | null {
  const light = (x: number, y: number) => data[(y * width + x) * 4] ?? 0
  let value = 0
  for (let bit = 0; bit < BITS; bit++) {
    const x = bit * SQUARE + SQUARE / 2
    const difference = light(x, SQUARE / 2) - light(x, SQUARE * 1.5)
    if (Math.abs(difference) < CLEAR) return null
    if (difference > 0) value += 2 ** bit
  }
  return value
}

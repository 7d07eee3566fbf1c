// How large the small picture is.

const LONG = 640
const SHORT = 360
/** A picture whose short side is less is small already: another encoding would cost much and save little. */
const LEAST_SHORT = 450

export type Size = { width: number; height: number }

/** In pixels, both even, within 640 x 360 or upright within 360 x 640, in the shape of the source; null: it needs none. */
export function lowSizeOf({ width, height }: Size): Size | null {
  const short = Math.min(width, height)
  const long = Math.max(width, height)
  if (short < LEAST_SHORT) return null
  const scale = Math.min(LONG / long, SHORT / short)
  const even = (side: number) => Math.max(2, 2 * Math.round((side * scale) / 2))
  return { width: even(width), height: even(height) }
}

// Sound is timed by counting samples, and a sound card's clock runs up to a hundredth of a percent off: after an
// hour speech would leave the lips. Pure: watches how late packets come, says when to take the time anew.
export type Drift = {
  /** How late packets came when the encoder was new; null until known. */
  base: number | null
  from: number
  least: number
}

/** Lateness jitters; the least of a window is what the clocks say. */
const WINDOW_MS = 10_000
/** Less than people notice, more than a busy device makes. */
const MOST_MS = 90

export const newDrift = (now: number): Drift => ({ base: null, from: now, least: Infinity })

export function heard(drift: Drift, lateMs: number, now: number): { drift: Drift; off: boolean } {
  const least = Math.min(drift.least, lateMs)
  if (now - drift.from < WINDOW_MS) return { drift: { ...drift, least }, off: false }
  const base = drift.base ?? least
  return { drift: { base, from: now, least: Infinity }, off: Math.abs(least - base) > MOST_MS }
}

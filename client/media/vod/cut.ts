// What the two handles of a cut may be set to. Pure. Milliseconds of the recording as it was filmed.
export type Cut = { startMs: number; endMs: number }

/** What is left is at least this long. */
export const LEAST_MS = 1_000

export function withStart(cut: Cut, startMs: number): Cut {
  return { ...cut, startMs: Math.round(Math.min(Math.max(0, startMs), cut.endMs - LEAST_MS)) }
}

export function withEnd(cut: Cut, endMs: number, wholeMs: number): Cut {
  return { ...cut, endMs: Math.round(Math.max(Math.min(wholeMs, endMs), cut.startMs + LEAST_MS)) }
}

/** As the server keeps it: an end at the very end is no cut. */
export const trimOf = (cut: Cut, wholeMs: number): { startMs: number; endMs: number | null } => ({
  startMs: cut.startMs,
  endMs: cut.endMs >= wholeMs - 1 ? null : cut.endMs,
})

// When a process that died is started again: soon after the first death, more and more rarely while it keeps
// dying, so that a fault nobody can outrun (a database away, a bad build) costs little.
const FIRST_PAUSE_MS = 500
const LAST_PAUSE_MS = 20_000
/** Who lived this long has not died of starting. */
const PROVEN_MS = 60_000

/** Deaths in a row, the newest included. */
export const deathsAfter = (before: number, livedMs: number): number =>
  livedMs >= PROVEN_MS ? 1 : before + 1

/** Milliseconds to wait after the nth death in a row (1 is the first). */
export const pauseAfter = (deaths: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** (deaths - 1), LAST_PAUSE_MS)

// How long to wait before the next attempt: full jitter, so that a room that lost its server together does not
// come back together.
import type { Random } from './surroundings.ts'

const FIRST_MS = 500
const CAP_MS = 20_000

/** Attempt 0 is the first one after a healthy connection. A server's hint is a floor: it knows its own drain. */
export function backoffMs(attempt: number, random: Random, hintMs = 0): number {
  const ceiling = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return Math.round(Math.max(hintMs, random.fraction() * ceiling))
}

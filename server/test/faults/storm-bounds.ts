// What a storm may cost, in words (F23, R26).
import type { StormResult } from './storm.ts'

const MOST_WITHIN_MS = 15_000
const ROOM_STATEMENTS_PER_STREAM = 10

/** One line for each bound that was broken; empty is good. */
export function brokenBounds({ most99Ms, statements, streams, errors, complaints }: StormResult): string[] {
  const broken: string[] = []
  if (most99Ms > MOST_WITHIN_MS) broken.push(`99 % were back after ${most99Ms} ms, not ${MOST_WITHIN_MS}`)
  const allowed = ROOM_STATEMENTS_PER_STREAM * streams
  if (statements.rooms > allowed)
    broken.push(`${statements.rooms} statements for the logs of rooms, not ${allowed}`)
  for (const [kind, count] of Object.entries({ ...errors, ...complaints })) broken.push(`${kind}: ${count}`)
  return broken
}

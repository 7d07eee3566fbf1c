// The moderation delay (C20): what waits, in order, and how much of it may go out by now. Pure. Times are Unix ms.
import type { MessageId } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/events.ts'
import { withoutText } from './tombstone.ts'

/** `since`: when it began to wait, on the clock of whoever lets it out. */
export type Waiting = { entry: Entry; since: number }

/** How many of the first may go now, and after how many ms to look again; null when nothing is left to wait for.
 * Nothing overtakes what is before it. A clock that stepped back makes nobody wait longer than the delay. */
export function ready(
  waiting: readonly Waiting[],
  delayMs: number,
  now: number,
): { count: number; nextMs: number | null } {
  const left = ({ since }: Waiting) => Math.min(delayMs, since + delayMs - now)
  const first = waiting.findIndex((each) => left(each) > 0)
  const next = waiting[first]
  return next ? { count: first, nextMs: left(next) } : { count: waiting.length, nextMs: null }
}

/** The end of a log that still has to wait where it is read for the first time, by the times of the entries. */
export function stillWaiting(entries: readonly Entry[], delayMs: number, now: number): Waiting[] {
  const first = entries.findIndex(({ at }) => at + delayMs > now)
  return first < 0 ? [] : entries.slice(first).map((entry) => ({ entry, since: Math.min(entry.at, now) }))
}

/** A message deleted while it waits goes out as what is left of it (L6). */
export const stripped = (waiting: readonly Waiting[], target: MessageId): Waiting[] =>
  waiting.map(({ entry, since }) => ({ entry: withoutText(entry, target), since }))

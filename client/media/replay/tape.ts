// What is known of a chat around one moment of its recording: a stretch of time without a hole, and where in it
// the picture stands. Pure. Times are Unix milliseconds on the server's clock.
import type { Entry, Message } from '../../../shared/protocol/events.ts'

export type Tape = {
  /** By seq, and so by time. Everything said at `from <= at < to` is here, and where `from` is the start of the show
   * what was said while people waited for it. */
  entries: readonly Entry[]
  from: number
  to: number
  /** The last page was cut by its length: what follows is asked for behind this seq. */
  after: number | null
  /** What was pinned right before `from`. */
  pin: Message | null
}
/** `to`: how far a page that was not cut reaches, not included. */
export type Page = { entries: readonly Entry[]; next: number | null; to: number }

export const tapeFrom = (from: number): Tape => ({ entries: [], from, to: from, after: null, pin: null })

/** How many entries were there at this moment. */
export function countUntil(entries: readonly Entry[], moment: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle]
    if (entry && entry.at <= moment) low = middle + 1
    else high = middle
  }
  return low
}

/** The next page in time. What is there already (pages may touch within a millisecond) is not doubled. */
export function continued(tape: Tape, page: Page): Tape {
  const last = tape.entries.at(-1)?.seq ?? 0
  const fresh = page.entries.filter(({ seq }) => seq > last)
  const entries = fresh.length > 0 ? [...tape.entries, ...fresh] : tape.entries
  // More may have been said in the millisecond of the last entry of a page that was cut.
  const to = page.next === null ? page.to : (fresh.at(-1)?.at ?? tape.to)
  return { ...tape, entries, to: Math.max(tape.to, to), after: page.next }
}

/** What was said from `from` until the tape begins; all of it. `pin`: right before that. */
export function preceded(tape: Tape, { from, entries, pin }: Pick<Tape, 'from' | 'entries' | 'pin'>): Tape {
  const first = tape.entries[0]?.seq ?? Infinity
  const older = entries.filter(({ seq, at }) => seq < first && at < tape.from)
  return { ...tape, from, pin, entries: older.length > 0 ? [...older, ...tape.entries] : tape.entries }
}

/** Forgets the oldest of what was shown, so that `keep` of it stay. A millisecond is never split. */
export function trimmed(tape: Tape, moment: number, keep: number): Tape {
  const first = tape.entries[countUntil(tape.entries, moment) - keep]
  if (!first || first.at <= tape.from) return tape
  const cut = countUntil(tape.entries, first.at - 1)
  if (cut <= 0) return tape
  const pin = pinAfter(tape.pin, tape.entries.slice(0, cut))
  return { ...tape, from: first.at, entries: tape.entries.slice(cut), pin }
}

/** What was pinned at this moment. */
export const pinAt = (tape: Tape, moment: number): Message | null =>
  pinAfter(tape.pin, tape.entries.slice(0, countUntil(tape.entries, moment)))

function pinAfter(pin: Message | null, entries: readonly Entry[]): Message | null {
  const event = entries.findLast(({ event: { type } }) => type === 'pinned' || type === 'unpinned')?.event
  if (!event) return pin
  return event.type === 'pinned' ? event.message : null
}

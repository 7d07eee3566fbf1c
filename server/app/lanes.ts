// Which work may go into the next commit. Usually everything that waits goes into one; a stream has one commit
// under way at most, so that what happens in its logs leaves this node in order. When a commit hangs (somebody
// holds a log), the others stop waiting for it after a moment, and streams that hung lately travel alone.
import type { StreamId } from '../../shared/ids.ts'
import type { Clock } from './ports.ts'

/** A commit takes a few milliseconds; the others wait this long for one that does not come back. */
const PATIENCE_MS = 50
/** A stream that hung travels alone until it is quick again, or for this long. */
const SUSPECT_MS = 10_000

export type Flight = { streams: ReadonlySet<StreamId>; since: number; awaited: boolean }

export type Lanes = {
  /** Whether another commit may begin now. */
  free(): boolean
  /** Takes up to `most` of what waits, in order, that may share the next commit. */
  pick<T extends { stream: StreamId }>(waiting: T[], most: number): T[]
  depart(streams: ReadonlySet<StreamId>): Flight
  landed(flight: Flight, failed: boolean): void
  /** When the commit began that this stream waits for; null without one. */
  since(stream: StreamId): number | null
  /** Commits under way. */
  readonly count: number
}

/** `most`: commits at once. `opened` is called when one has hung long enough for another to begin. */
export function createLanes({ clock, most }: { clock: Clock; most: number }, opened: () => void): Lanes {
  const flights = new Map<Flight, () => void>()
  const suspects = new Map<StreamId, number>()
  const flightOf = (stream: StreamId) => [...flights.keys()].find(({ streams }) => streams.has(stream))
  const isLate = ({ since }: Flight) => clock.now() - since >= PATIENCE_MS
  /** Nobody waits for one that hung lately. */
  const isAwaited = (flight: Flight) => flight.awaited && !isLate(flight)

  function isSuspect(stream: StreamId): boolean {
    const until = suspects.get(stream)
    if (until === undefined) return false
    if (until <= clock.now()) suspects.delete(stream)
    return suspects.has(stream)
  }

  return {
    free: () => flights.size < most && ![...flights.keys()].some(isAwaited),
    pick(waiting, limit) {
      if (flights.size === 0 && suspects.size === 0) return waiting.splice(0, limit)
      const first = waiting.find(({ stream }) => !flightOf(stream))
      if (!first) return []
      const alone = isSuspect(first.stream)
      const picked: typeof waiting = []
      const left: typeof waiting = []
      for (const item of waiting) {
        const { stream } = item
        const fits = alone ? stream === first.stream : !isSuspect(stream) && !flightOf(stream)
        ;(fits && picked.length < limit ? picked : left).push(item)
      }
      waiting.splice(0, waiting.length, ...left)
      return picked
    },
    depart(streams) {
      const flight = { streams, since: clock.now(), awaited: ![...streams].some(isSuspect) }
      flights.set(flight, most > 1 ? clock.after(PATIENCE_MS, opened) : () => undefined)
      return flight
    },
    landed(flight, failed) {
      flights.get(flight)?.()
      flights.delete(flight)
      const hung = failed && isLate(flight)
      for (const stream of flight.streams)
        if (hung) suspects.set(stream, clock.now() + SUSPECT_MS)
        else if (!failed) suspects.delete(stream)
    },
    since: (stream) => flightOf(stream)?.since ?? null,
    get count() {
      return flights.size
    },
  }
}

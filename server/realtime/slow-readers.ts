// Who was closed for not reading, by person and stream, on this node. Three times within a minute means that the
// line cannot carry the room: the next join is spared (C15). A record of offenders only, bounded, oldest out.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'

export type SlowReaders = {
  /** One more close; answers how many there were within the window, at most three. Times are Unix ms. */
  closed(principal: PrincipalId, stream: StreamId, now: number): number
  /** Whether a join of this person is to get snapshots now. */
  wantsSnapshots(principal: PrincipalId, stream: StreamId, now: number): boolean
  /** A socket of theirs kept up for long enough. */
  forgive(principal: PrincipalId, stream: StreamId): void
  /** All closes since the node started. */
  total(): number
  readonly size: number
}

const CLOSES = 3
const WINDOW_MS = 60_000
/** A line that has not come back after so long is another line. */
const SPARED_MS = 5 * 60_000
const MOST = 10_000

type Offender = { closes: number[]; sparedUntil: number }

export function createSlowReaders(): SlowReaders {
  const offenders = new Map<string, Offender>()
  let total = 0

  const keyOf = (principal: PrincipalId, stream: StreamId) => `${stream}:${principal}`

  return {
    closed(principal, stream, now) {
      total += 1
      const key = keyOf(principal, stream)
      const before = offenders.get(key) ?? { closes: [], sparedUntil: 0 }
      const closes = [...before.closes, now].filter((at) => now - at <= WINDOW_MS).slice(-CLOSES)
      // Whoever is spared already and is closed again stays so.
      const offends = closes.length === CLOSES || before.sparedUntil > now
      // Put in anew: the map's order is the order of the latest closes.
      offenders.delete(key)
      offenders.set(key, { closes, sparedUntil: offends ? now + SPARED_MS : 0 })
      for (const oldest of offenders.keys()) {
        if (offenders.size <= MOST) break
        offenders.delete(oldest)
      }
      return closes.length
    },
    wantsSnapshots: (principal, stream, now) =>
      (offenders.get(keyOf(principal, stream))?.sparedUntil ?? 0) > now,
    forgive: (principal, stream) => void offenders.delete(keyOf(principal, stream)),
    total: () => total,
    get size() {
      return offenders.size
    },
  }
}

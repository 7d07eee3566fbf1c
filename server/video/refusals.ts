// Why encoders were turned away: an encoder shows its user a code at best, so the studio shows the words. In memory,
// bounded: the newest five of the streams that were asked for last.
import type { StreamId } from '../../shared/ids.ts'
import type { Clock } from '../app/ports.ts'
import type { Refusals } from '../app/video-ports.ts'

const NEWEST = 5
const MOST_STREAMS = 1_000

export function createRefusals({ clock }: { clock: Pick<Clock, 'now'> }): Refusals {
  const all = new Map<StreamId, { at: number; says: string }[]>()
  return {
    note(stream, says) {
      // An encoder that comes again and again for the same reason is one line.
      const others = (all.get(stream) ?? []).filter((one) => one.says !== says)
      all.delete(stream)
      all.set(stream, [{ at: clock.now(), says }, ...others].slice(0, NEWEST))
      const [oldest] = all.keys()
      if (all.size > MOST_STREAMS && oldest !== undefined) all.delete(oldest)
    },
    newest: (stream) => all.get(stream) ?? [],
  }
}

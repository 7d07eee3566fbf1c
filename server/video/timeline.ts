// Brings one publisher's timestamps onto the server's clock and refuses those that cannot be. The offset is
// taken once per connection: following a drifting clock (tens of milliseconds an hour) would tear at the sound,
// and following one that is set by hand would tear the picture apart.
import type { EncodedPacket, Layer } from '../../shared/media.ts'

export type Timeline = {
  /** The packet on the server's clock; null when its time is out of the question. Both layers are moved by the same. */
  place(packet: EncodedPacket, now: number, layer?: Layer): EncodedPacket | null
}

/** A stalled line delivers late what it held back. This also bounds how much media can be squeezed into little
 * media time, and so memory. Ahead of our clock is only the drift of theirs. */
const OLDEST_MS = 30_000
export const NEWEST_MS = 5_000
/** Encoders restart a little before the frame they replace; further back is another clock. */
const BACKWARD_MS = 1_000
/** What one packet may claim to last: only the last one before a cut is taken at its word. */
const LONGEST_MS = 250

/** `offset` undefined: nothing is known yet, so the first packet is taken to be fresh. Nothing lands before
 * `notBefore`, the end of what an earlier connection sent. */
export function createTimeline(offset: number | undefined, notBefore: number): Timeline {
  const newest: Partial<Record<EncodedPacket['track'] | 'low', number>> = {}
  let shift: number | undefined
  return {
    place(packet, now, layer = 'main') {
      shift ??= Math.max(offset ?? now - packet.ts, notBefore - packet.ts)
      const ts = packet.ts + shift
      const lane = layer === 'low' ? 'low' : packet.track
      const before = newest[lane]
      if (!(ts >= now - OLDEST_MS && ts <= now + NEWEST_MS)) return null
      if (before !== undefined && ts < before - BACKWARD_MS) return null
      newest[lane] = Math.max(ts, before ?? ts)
      return { ...packet, ts, dur: Math.min(packet.dur, LONGEST_MS) }
    },
  }
}

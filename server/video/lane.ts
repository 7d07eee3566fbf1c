// One track of one take: packets in, samples with settled durations out. A sample lasts until the next packet,
// so the last one is held back; nothing drifts, overlaps or leaves a hole for a player to stumble over.
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'
import { timescaleOf, TRACK_ID } from './fmp4/init.ts'
import type { Sample } from './fmp4/fragment.ts'

/** Samples in one AAC-LC frame. */
const AAC_FRAME = 1_024

/** `ts` is the packet's own, on the server's clock. */
export type LaneSample = Sample & { ts: number }

export type Lane = {
  readonly config: TrackConfig
  readonly trackId: number
  /** Server time of the packet that waits for its successor. */
  heldAt(): number | undefined
  /** Takes the packet; the sample before it, if there is one, is complete now. */
  push(packet: EncodedPacket): LaneSample | null
  /** The held sample, ending at `until` (server time) or at its nominal end, whichever is earlier. */
  flush(until: number, atMost: number): LaneSample | null
  /** Ticks of this lane as milliseconds of the media timeline. */
  ms(ticks: number): number
}

export function createLane(config: TrackConfig, base: number): Lane {
  const timescale = timescaleOf(config)
  const ticksOf = (ts: number) => Math.round(((ts - base) * timescale) / 1000)
  let held: { dts: number; packet: EncodedPacket } | undefined

  /** Sound is counted, not timed: an encoder's timestamps jitter, and a decoder plays each jitter as a click.
   * Within one frame the count wins; behind by more, a frame is dropped; ahead by more, it is a gap. */
  function place(packet: EncodedPacket): number | null {
    const dts = ticksOf(packet.ts)
    if (!held) return Math.max(0, dts)
    if (config.kind === 'video') return Math.max(dts, held.dts + 1)
    const expected = held.dts + AAC_FRAME
    if (dts < expected - AAC_FRAME) return null
    return dts <= expected + AAC_FRAME ? expected : dts
  }

  const sample = (of: NonNullable<typeof held>, dur: number): LaneSample => ({
    dts: of.dts,
    dur,
    ...(of.packet.offset ? { offset: Math.round((of.packet.offset * timescale) / 1000) } : {}),
    key: of.packet.key,
    bytes: of.packet.bytes,
    ts: of.packet.ts,
  })

  return {
    config,
    trackId: TRACK_ID[config.kind],
    heldAt: () => held?.packet.ts,
    push(packet) {
      const dts = place(packet)
      if (dts === null) return null
      const done = held ? sample(held, dts - held.dts) : null
      held = { dts, packet }
      return done
    },
    flush(until, atMost) {
      if (!held) return null
      const last = held
      held = undefined
      const nominal = config.kind === 'audio' ? AAC_FRAME : Math.round((last.packet.dur * timescale) / 1000)
      const room = Number.isFinite(until) ? ticksOf(until) - last.dts : nominal
      const most = Math.round((atMost * timescale) / 1000)
      const dur = config.kind === 'video' && Number.isFinite(until) ? room : Math.min(nominal, room)
      return sample(last, Math.max(1, Math.min(dur, most)))
    },
    ms: (ticks) => (ticks * 1000) / timescale,
  }
}

// One publisher's connection to a show: its frames checked, timed and handed to the muxer.
import { decodeFrame, type IngestHears } from '../../shared/media.ts'
import { fullBucket, take, type Rate } from '../domain/rate.ts'
import { configFault, inspect } from './bitstream.ts'
import { createMeter } from './meter.ts'
import type { Muxer } from './muxer.ts'
import { createOffset } from './offset.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export type Refusal = Omit<Extract<IngestHears, { t: 'refused' }>, 't'>

export type Publication = {
  /** The offset of its clock is measured until the first packet comes. */
  clock(sent: number, now: number): void
  frame(bytes: Uint8Array, now: number): Refusal | null
  /** When the last good packet came; at first, when the publisher was let in. */
  heardAt(): number
  stats(now: number): { kbps: number; fps: number }
}

/** Another source now and then; every one is a discontinuity for every viewer. */
const CONFIG_RATE: Rate = { burst: 10, everyMs: 1_000 }

const malformed = (says: string): Refusal => ({ reason: 'malformed', says })

export function createPublication(deps: {
  muxer: Muxer
  maxBitsPerSecond: number
  goAt: number
}): Publication {
  const { muxer, maxBitsPerSecond, goAt } = deps
  const offset = createOffset(goAt)
  const meter = createMeter(maxBitsPerSecond, goAt)
  let configs = fullBucket(CONFIG_RATE, goAt)
  let timeline: Timeline | undefined
  let heardAt = goAt
  muxer.reset(goAt)

  return {
    clock: (sent, now) => offset.heard(sent, now),
    frame(bytes, now) {
      const frame = decodeFrame(bytes)
      if (!frame) return malformed('A media frame could not be read.')
      if (!meter.add(bytes.byteLength, frame.type === 'packet' && frame.packet.track === 'video', now))
        return malformed(`More than ${Math.round(maxBitsPerSecond / 1e6)} Mbit/s. Choose a lower quality.`)
      if (frame.type === 'config') {
        const taken = take(configs, CONFIG_RATE, now)
        configs = taken.bucket
        if (taken.waitMs > 0) return malformed('The codecs change too often.')
        const says = configFault(frame.config)
        if (says === null) muxer.config(frame.config, now)
        return says === null ? null : { reason: 'codec', says }
      }
      const packet = inspect(frame.packet)
      if (!packet) return malformed(`The ${frame.packet.track} packets are broken.`)
      timeline ??= createTimeline(offset.estimate(), muxer.endsAt())
      const placed = timeline.place(packet, now)
      if (!placed)
        return { reason: 'timestamps', says: 'The clock of this device jumped. Going live again helps.' }
      const says = muxer.packet(placed, now)
      if (says !== null) return malformed(says)
      heardAt = now
      return null
    },
    heardAt: () => heardAt,
    stats: (now) => meter.read(now),
  }
}

// One publisher's connection to a show: its frames checked, timed and handed to the muxers.
import {
  decodeFrame,
  type IngestHears,
  type EncodedPacket,
  type MediaFrame,
  type TrackConfig,
} from '../../shared/media.ts'
import { fullBucket, take, type Rate } from '../domain/rate.ts'
import { configFault, inspect } from './bitstream.ts'
import type { LayersIn } from './layers.ts'
import { createLowFrames } from './low-frames.ts'
import { createMeter } from './meter.ts'
import { createOffset } from './offset.ts'
import type { Tap } from './taps.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export type Refusal = Omit<Extract<IngestHears, { t: 'refused' }>, 't'>

export type Publication = {
  /** The offset of its clock is measured until the first packet comes. */
  clock(sent: number, now: number): void
  /** A frame as it came over the wire. */
  frame(bytes: Uint8Array, now: number): Refusal | null
  /** The same, read already; `size` is what it took on the wire, in bytes. */
  media(frame: MediaFrame, size: number, now: number): Refusal | null
  /** When the last good packet came; at first, when the publisher was let in. */
  heardAt(): number
  stats(now: number): { kbps: number; fps: number }
  picture(): PictureFacts
}
/** `keyFrameMs`: from key frame to key frame, the last time. */
export type PictureFacts = { width: number | null; height: number | null; keyFrameMs: number | null }

/** Another source now and then; every one is a discontinuity for every viewer. */
const CONFIG_RATE: Rate = { burst: 10, everyMs: 1_000 }

const malformed = (says: string): Refusal => ({ reason: 'malformed', says })

export function createPublication(deps: {
  layers: LayersIn
  taps: Pick<Tap, 'config' | 'packet'>
  maxBitsPerSecond: number
  goAt: number
  /** That there is no low layer any more, and why. */
  tellLow(says: string): void
}): Publication {
  const { taps, maxBitsPerSecond, goAt } = deps
  const { muxer, low } = deps.layers
  const offset = createOffset(goAt)
  const meter = createMeter(maxBitsPerSecond, goAt)
  let configs = fullBucket(CONFIG_RATE, goAt)
  let timeline: Timeline | undefined
  let heardAt = goAt
  let picture: PictureFacts = { width: null, height: null, keyFrameMs: null }
  let keyAt: number | undefined
  muxer.reset(goAt)
  const lowFrames = createLowFrames({ ...deps, low, configRate: CONFIG_RATE, tell: deps.tellLow })

  function media(frame: MediaFrame, size: number, now: number): Refusal | null {
    if (frame.layer === 'low' && lowFrames.take(frame, size, timeline, now)) return null
    // Low ones that go on all the same are counted here, so that a flood of them ends too.
    const isPicture = frame.layer === 'main' && frame.type === 'packet' && frame.packet.track === 'video'
    if (!meter.add(size, isPicture, now))
      return malformed(`More than ${Math.round(maxBitsPerSecond / 1e6)} Mbit/s. Choose a lower quality.`)
    if (frame.layer === 'low') return null
    return frame.type === 'config' ? config(frame.config, now) : packet(frame.packet, now)
  }

  function config(given: TrackConfig, now: number): Refusal | null {
    const taken = take(configs, CONFIG_RATE, now)
    configs = taken.bucket
    if (taken.waitMs > 0) return malformed('The codecs change too often.')
    const says = configFault(given)
    if (says !== null) return { reason: 'codec', says }
    if (given.kind === 'video') picture = { ...picture, width: given.width, height: given.height }
    muxer.config(given, now)
    taps.config(given)
    return null
  }

  function packet(given: EncodedPacket, now: number): Refusal | null {
    const inspected = inspect(given)
    if (!inspected) return malformed(`The ${given.track} packets are broken.`)
    timeline ??= createTimeline(offset.estimate(), muxer.endsAt())
    const placed = timeline.place(inspected, now)
    if (!placed)
      return { reason: 'timestamps', says: 'The clock of this device jumped. Going live again helps.' }
    const says = muxer.packet(placed, now)
    if (says !== null) return malformed(says)
    taps.packet(placed)
    if (placed.track === 'video' && placed.key) {
      if (keyAt !== undefined) picture = { ...picture, keyFrameMs: Math.round(placed.ts - keyAt) }
      keyAt = placed.ts
    }
    heardAt = now
    return null
  }

  return {
    clock: (sent, now) => offset.heard(sent, now),
    frame(bytes, now) {
      const frame = decodeFrame(bytes)
      return frame ? media(frame, bytes.byteLength, now) : malformed('A media frame could not be read.')
    },
    media,
    heardAt: () => heardAt,
    stats: (now) => meter.read(now),
    picture: () => picture,
  }
}

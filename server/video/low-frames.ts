// The low pictures that a publisher sends beside the main ones: checked in the same way. What cannot be taken ends the
// low layer of this connection and is told to the host in words; the show goes on.
import type { MediaFrame } from '../../shared/media.ts'
import { fullBucket, take, type Rate } from '../domain/rate.ts'
import { configFault, inspect } from './bitstream.ts'
import type { LayersIn } from './layers.ts'
import { createMeter } from './meter.ts'
import type { Timeline } from './timeline.ts'

export type LowFrames = {
  /** False: it was ended before, and nobody takes this. `timeline`: that of main, once there is one. */
  take(frame: MediaFrame, size: number, timeline: Timeline | undefined, now: number): boolean
}

/** Of what a publisher may send. */
const SHARE = 0.5

export function createLowFrames(deps: {
  low: LayersIn['low']
  configRate: Rate
  maxBitsPerSecond: number
  goAt: number
  tell(says: string): void
}): LowFrames {
  const { low, configRate } = deps
  const most = deps.maxBitsPerSecond * SHARE
  const meter = createMeter(most, deps.goAt)
  let configs = fullBucket(configRate, deps.goAt)
  let isOver = false

  function fault(frame: MediaFrame, size: number, timeline: Timeline | undefined, now: number) {
    if (!meter.add(size, frame.type === 'packet', now))
      return `It has more than ${Math.round(most / 1e6)} Mbit/s.`
    if (frame.type === 'config') {
      const taken = take(configs, configRate, now)
      configs = taken.bucket
      if (taken.waitMs > 0) return 'Its codecs change too often.'
      if (frame.config.kind !== 'video') return 'It has pictures alone.'
      const says = configFault(frame.config)
      if (says === null) low.config(frame.config)
      return says
    }
    const inspected = inspect(frame.packet)
    if (!inspected) return 'Its packets are broken.'
    // Main pictures come first.
    if (!timeline) return null
    const placed = timeline.place(inspected, now, 'low')
    return placed ? low.packet(placed, now) : 'Its clock jumped.'
  }

  return {
    take(frame, size, timeline, now) {
      if (isOver) return false
      const says = fault(frame, size, timeline, now)
      if (says === null) return true
      isOver = true
      low.end(now)
      deps.tell(`The small picture was switched off: ${says}`)
      return true
    },
  }
}

// Delay reports that come over HTTP. They land where those of push viewers do, with the show that this node has; of a
// stream that another service carries there need not be one, and they stay in this process.
import type { StreamId } from '../../shared/ids.ts'
import type { DelaySpread } from '../../shared/api/streams.ts'
import type { Clock } from '../app/ports.ts'
import type { Delays } from '../app/video-ports.ts'
import { createLatency, OVER_HTTP_MS, type Latency } from './latency.ts'

export function createDelays(deps: {
  clock: Clock
  /** Of the show that viewers are given here. */
  latencyOf(stream: StreamId): Latency | undefined
  /** Has this node pull the stream from its origin. Undefined when there are no other nodes. */
  reach: ((stream: StreamId) => Promise<void>) | undefined
  /** What the origin says, at a node that is not it; undefined: ask here. */
  atOrigin: ((stream: StreamId) => Promise<DelaySpread | null | undefined>) | undefined
}): Delays {
  const { clock, latencyOf } = deps
  const hostedOnes = new Map<StreamId, Latency>()
  let sweptAt = -Infinity

  function hostedOf(stream: StreamId, now: number): Latency {
    if (now - sweptAt > OVER_HTTP_MS) sweep(now)
    const found = hostedOnes.get(stream) ?? createLatency()
    hostedOnes.set(stream, found)
    return found
  }

  /** Nobody says that a stream of elsewhere is over. */
  function sweep(now: number): void {
    sweptAt = now
    for (const [stream, latency] of hostedOnes) if (latency.summary(now) === null) hostedOnes.delete(stream)
  }

  return {
    async report(stream, viewer, ms, hosted) {
      // Who plays by HLS through a CDN may never have asked this node for anything else.
      if (!hosted) await deps.reach?.(stream)
      const now = clock.now()
      const latency = latencyOf(stream) ?? (hosted ? hostedOf(stream, now) : undefined)
      latency?.report(viewer, ms, now, OVER_HTTP_MS)
    },
    async spread(stream, hosted) {
      const told = hosted ? undefined : await deps.atOrigin?.(stream)
      if (told !== undefined) return told
      const latency = latencyOf(stream) ?? hostedOnes.get(stream)
      return latency?.summary(clock.now()) ?? null
    },
  }
}

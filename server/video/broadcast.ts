// One show of one stream on this node: its state, its publisher, and what viewers get of it.
//   connecting -> live <-> reconnecting -> ended;   connecting -> idle when it never played
// A publisher that leaves, says `bye` or falls silent is the same thing: the show goes on for a grace, since a
// host who means it ends the stream. An ended show never starts again; the next publisher begins another.
import type { StreamId } from '../../shared/ids.ts'
import type { IngestHears, VideoState } from '../../shared/media.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Clock, Topics } from '../app/ports.ts'
import type { Tape } from '../app/video-ports.ts'
import { SEGMENT_GOAL_MS } from './cuts.ts'
import { createFeed, stateFrame, stateTopic, type Feed } from './feed.ts'
import { createFiles, type Files } from './files.ts'
import { createLatency, type Latency } from './latency.ts'
import { createMuxer } from './muxer.ts'
import { createPackager } from './packager.ts'
import { createPublication, type Publication, type Refusal } from './publication.ts'
import { createTaps, type Taps } from './taps.ts'
import type { MediaSink } from './take.ts'

export type Publisher = { tell(hears: IngestHears): void; refuse(refusal: Refusal): void }
/** What a publisher may do while it is the one. */
export type OnAir = { resumed: boolean; publication: Publication; leave(): void }

export type Broadcast = {
  state(): VideoState
  feed: Feed
  files: Files
  latency: Latency
  /** Whether there is a way back into the show. */
  hasDvr(): boolean
  /** The packets as they come, for whoever sends them on. */
  taps: Pick<Taps, 'add'>
  /** Null: somebody else is publishing. */
  publish(publisher: Publisher): OnAir | null
  end(): void
  /** Stops the timers, says nothing. */
  close(): void
}

const TICK_MS = 1_000
const TICKS_PER_STATS = 2
/** Nothing heard this long: the line is dead, whatever the socket says. Shorter than the silence (4 s) after
 * which a player thinks its own line is. */
const SILENT_MS = 2_500

export function createBroadcast(deps: {
  stream: StreamId
  clock: Clock
  topics: Topics
  /** Random: file names of this show begin with it. */
  prefix: string
  /** Keeps the show; null: nobody does. */
  tape: Tape | null
  maxBitsPerSecond: number
  viewers(): number
  onState(state: VideoState): void
}): Broadcast {
  const { stream, clock, topics, tape } = deps
  let state: VideoState = 'idle'
  let beenLive = false
  let onAir: { publisher: Publisher; publication: Publication } | undefined
  let connectedAt = 0
  let lostAt = 0
  let ticks = 0
  let cancelTick = (): void => undefined

  const packager = createPackager()
  const feed = createFeed({ clock, topics, stream })
  const latency = createLatency()
  const taps = createTaps()
  const files = createFiles({
    clock,
    prefix: deps.prefix,
    packager,
    tape,
    ended: () => state === 'ended',
  })
  const sink: MediaSink = {
    take(head) {
      packager.take(head)
      feed.take(head)
    },
    chunk(chunk) {
      if (beenLive) set('live')
      packager.chunk(chunk)
      feed.chunk(chunk)
    },
    cut: (at) => packager.cut(at),
  }
  const muxer = createMuxer(sink)
  packager.onSegment(({ head, msn, at, ms, independent, discontinuity, discontinuities, bytes }) => {
    const place = { msn, at, ms, independent, discontinuity, discontinuities }
    tape?.segment({ ...place, take: head.number, init: head.init, bytes })
  })
  packager.onChange(() => {
    // A full one: what a connection that broke at once leaves behind is no show.
    if (beenLive || !packager.segments().some((segment) => segment.ms >= SEGMENT_GOAL_MS)) return
    beenLive = true
    set('live')
  })

  function set(next: VideoState): void {
    if (state === next || state === 'ended') return
    state = next
    topics.publish(stateTopic(stream), stateFrame(next))
    onAir?.publisher.tell({ t: 'state', state: next })
    files.changed()
    if (next === 'ended' || next === 'idle') tape?.end()
    deps.onState(next)
  }

  /** Brings out what was held back first, so that viewers have all there is. */
  function lose(): void {
    taps.pause()
    muxer.pause()
    feed.pause()
    if (state !== 'live') return
    lostAt = clock.now()
    set('reconnecting')
  }

  function tick(): void {
    cancelTick = clock.after(TICK_MS, tick)
    const now = clock.now()
    if (state === 'live' && isSilent(now)) lose()
    if (state === 'reconnecting' && now - lostAt >= LIMITS.publisherGraceMs) end()
    else if (state === 'connecting' && now - connectedAt >= LIMITS.publisherGraceMs)
      refuse({ reason: 'malformed', says: 'No picture came. Go live again.' })
    else if (onAir && ++ticks % TICKS_PER_STATS === 0) {
      const { publisher, publication } = onAir
      publisher.tell({
        t: 'stats',
        ...publication.stats(now),
        viewers: deps.viewers(),
        latencyMs: latency.summary(now),
      })
    }
  }

  const isSilent = (now: number) => !onAir || now - onAir.publication.heardAt() > SILENT_MS

  function refuse(refusal: Refusal): void {
    detach()?.refuse(refusal)
    gone()
  }

  /** First of all, so that what the publisher does on hearing of it is no news here. */
  function detach(): Publisher | undefined {
    const leaving = onAir?.publisher
    onAir = undefined
    return leaving
  }

  function gone(): void {
    if (state !== 'connecting') lose()
    else {
      cancelTick()
      set('idle')
    }
  }

  function end(): void {
    cancelTick()
    taps.end()
    muxer.pause()
    feed.pause()
    set('ended')
    detach()?.refuse({ reason: 'ended', says: 'The stream is over.' })
  }

  return {
    state: () => state,
    feed,
    files,
    latency,
    hasDvr: () => tape !== null && beenLive,
    taps,
    publish(publisher) {
      const now = clock.now()
      if (state === 'ended' || (onAir && !isSilent(now))) return null
      detach()?.refuse({ reason: 'already_live', says: 'Publishing goes on from another connection.' })
      lose()
      const publication = createPublication({
        muxer,
        taps,
        maxBitsPerSecond: deps.maxBitsPerSecond,
        goAt: now,
      })
      const mine = { publisher, publication }
      onAir = mine
      connectedAt = now
      if (state === 'idle') {
        set('connecting')
        cancelTick = clock.after(TICK_MS, tick)
      }
      return {
        resumed: beenLive,
        publication,
        leave() {
          if (onAir !== mine) return
          onAir = undefined
          gone()
        },
      }
    },
    end,
    close() {
      cancelTick()
      tape?.end()
    },
  }
}

// One show of one stream on this node: its state, its publisher, and what viewers get of it.
//   connecting -> live <-> reconnecting -> ended;   connecting -> idle when it never played
// A publisher that leaves, says `bye` or falls silent is the same thing: the show goes on for a grace, since a
// host who means it ends the stream. An ended show never starts again; the next publisher begins another.
import type { StreamId } from '../../shared/ids.ts'
import type { IngestHears, Layer, VideoState } from '../../shared/media.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Clock, Topics } from '../app/ports.ts'
import type { PublisherFacts, Tape } from '../app/video-ports.ts'
import { SEGMENT_GOAL_MS } from './cuts.ts'
import { stateFrame, stateTopic, type Feed } from './feed.ts'
import { createLatency, type Latency } from './latency.ts'
import { createLayers } from './layers.ts'
import type { LowSource } from './low.ts'
import { createPublication, type Publication, type Refusal } from './publication.ts'
import { createFollowers, type Followers } from './relay/followers.ts'
import type { Shown } from './relay/window.ts'
import type { ShowFiles } from './show-files.ts'
import { createTaps, type Taps } from './taps.ts'

export type Publisher = {
  kind: PublisherFacts['kind']
  tell(hears: IngestHears): void
  refuse(refusal: Refusal): void
}
/** What a publisher may do while it is the one. */
export type OnAir = { resumed: boolean; publication: Publication; leave(): void }

export type Broadcast = {
  state(): VideoState
  layers(): readonly Layer[]
  feeds: Record<Layer, Feed>
  files: ShowFiles
  /** Low pictures from somewhere else than the publisher. */
  low: LowSource
  latency: Latency
  /** Whether there is a way back into the show. */
  hasDvr(): boolean
  /** The packets as they come, for whoever sends them on. */
  taps: Pick<Taps, 'add'>
  /** For other nodes: all there is now, and then everything that follows. */
  shown(): Shown
  followers: Pick<Followers, 'add'>
  /** Whether somebody publishes and is heard. */
  taken(): boolean
  /** Null: somebody else is publishing. */
  publish(publisher: Publisher): OnAir | null
  /** Who is publishing; null while nobody is heard. */
  publishing(): PublisherFacts | null
  end(): void
  /** The stream goes on at another node: over here, and no viewer is told that it ended. */
  giveWay(): void
  gaveWay(): boolean
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
  /** The number of its first segment. */
  firstSegment?: number
  maxBitsPerSecond: number
  viewers(): number
  onState(state: VideoState): void
  /** The low layer came or went. */
  onLayers(): void
}): Broadcast {
  const { stream, clock, topics, tape } = deps
  let state: VideoState = 'idle'
  let beenLive = false
  let onAir: { publisher: Publisher; publication: Publication } | undefined
  let stats = { kbps: 0, fps: 0 }
  let connectedAt = 0
  let lostAt = 0
  let ticks = 0
  let cancelTick = (): void => undefined
  let givenWay = false
  /** To its viewers a publisher of a stream that has been live is one that comes back. */
  const isReturn = (deps.firstSegment ?? 0) > 0

  const latency = createLatency()
  const taps = createTaps()
  const followers = createFollowers()
  const layers = createLayers({
    ...{ stream, clock, topics, tape, prefix: deps.prefix, firstSegment: deps.firstSegment },
    ended: () => state === 'ended',
    ahead: {
      ...followers,
      chunk(chunk) {
        if (beenLive) set('live')
        followers.chunk(chunk)
      },
    },
    changed: () => deps.onLayers(),
  })
  const { files, main } = layers
  const { packager } = main
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
    if (givenWay) followers.gone()
    else {
      topics.publish(
        stateTopic(stream),
        stateFrame(isReturn && next === 'connecting' ? 'reconnecting' : next),
      )
      followers.state(next)
    }
    onAir?.publisher.tell({ t: 'state', state: next })
    files.changed()
    if (next === 'ended' || next === 'idle') tape?.end()
    deps.onState(next)
  }

  /** Brings out what was held back first, so that viewers have all there is. */
  function lose(): void {
    taps.pause()
    layers.pause()
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
      stats = publication.stats(now)
      publisher.tell({
        t: 'stats',
        ...stats,
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
    layers.pause()
    set('ended')
    detach()?.refuse({ reason: 'ended', says: 'The stream is over.' })
  }

  return {
    state: () => state,
    layers: layers.there,
    feeds: layers.feeds,
    files,
    low: layers.source,
    latency,
    hasDvr: () => tape !== null && beenLive,
    taps,
    shown: () => ({
      prefix: deps.prefix,
      state,
      now: clock.now(),
      window: { packager: packager.state(), feed: main.feed.state() },
    }),
    followers,
    taken: () => onAir !== undefined && !isSilent(clock.now()),
    publish(publisher) {
      const now = clock.now()
      if (state === 'ended' || (onAir && !isSilent(now))) return null
      detach()?.refuse({ reason: 'already_live', says: 'Publishing goes on from another connection.' })
      lose()
      const publication = createPublication({
        ...{ layers, taps, maxBitsPerSecond: deps.maxBitsPerSecond, goAt: now },
        tellLow: (says) => publisher.tell({ t: 'low', says }),
      })
      const mine = { publisher, publication }
      onAir = mine
      connectedAt = now
      stats = { kbps: 0, fps: 0 }
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
    publishing() {
      if (!onAir || isSilent(clock.now())) return null
      const { publisher, publication } = onAir
      return { kind: publisher.kind, since: connectedAt, ...stats, ...publication.picture() }
    },
    end,
    giveWay() {
      lose()
      givenWay = true
      end()
    },
    gaveWay: () => givenWay,
    close() {
      cancelTick()
      tape?.end()
    },
  }
}

// One stream that viewers here watch and another node ingests: finds its origin, pulls it once however many watch,
// and follows it to another node. While there is no origin viewers are told that the host is reconnecting, and what
// was there stays. A show that begins anew elsewhere has other names and higher numbers; playlists go over to it
// when it has a segment.
import type { StreamId } from '../../../shared/ids.ts'
import type { VideoState } from '../../../shared/media.ts'
import type { Log, Topics } from '../../app/ports.ts'
import type { Airing, NodeAddress } from '../../app/relay-ports.ts'
import { stateFrame, stateTopic } from '../feed.ts'
import type { MediaSink } from '../take.ts'
import type { Lookout } from './lookout.ts'
import { createPull, type RelayDeps } from './pull.ts'
import { createRelayed, type Relayed } from './relayed.ts'
import type { Shown } from './window.ts'

export type Edge = {
  /** Newest first. */
  shows(): readonly Relayed[]
  /** What viewers are told, also while there is nothing to show. */
  state(): VideoState
  /** Whether it might be elsewhere by now. */
  restless(): boolean
  look(): void
  /** That node has the publisher from now on. */
  told(at: NodeAddress): void
  /** The publisher is at this node now. */
  stepBack(): void
  /** Resolves when there is something to show, when it is known that there is nothing, or after a moment. */
  settled(): Promise<void>
  close(): void
}
export type EdgeDeps = RelayDeps & {
  log: Log
  topics: Topics
  lookout: Lookout
  onLayers(stream: StreamId): void
}

/** A line that was cut is often back before anybody need know. */
const LOST_MS = 1_000
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 2_000
/** Whoever waits for a picture waits this long for the first word of it. */
const SETTLE_MS = 1_500
/** The database may know a little later than the bus. */
const TOLD_MS = 3_000

export function createEdge(deps: EdgeDeps & { stream: StreamId; isHere(): boolean }): Edge {
  const { stream, clock, log } = deps
  let pull: { close(): void } | undefined
  let at: NodeAddress | undefined
  let current: Relayed | undefined
  let previous: Relayed | undefined
  /** Of the pull there is: what an earlier one still says is not heard. */
  let turn = 0
  let flowing = false
  let looking = false
  let closed = false
  let beenLive = false
  let over = false
  let retryMs = FIRST_RETRY_MS
  let toldAt = -Infinity
  let cancelRetry = (): void => undefined
  let cancelLost = (): void => undefined
  const waiting = new Set<() => void>()

  function settle(): void {
    for (const go of [...waiting]) go()
  }

  function look(): void {
    if (looking || closed) return
    looking = true
    deps.lookout.ask(stream).then(
      (airing) => {
        looking = false
        if (!closed && !deps.isHere()) found(airing)
        if (!pull) settle()
      },
      (error: unknown) => void log.fault('relay look', error),
    )
  }

  function found(airing: Airing | null): void {
    // The database is away: what is pulled goes on, and it is asked again.
    if (!airing) return
    if (airing.state === 'live') beenLive = true
    const next = airing.at?.node === deps.node ? null : airing.at
    if (airing.state === 'ended') finish()
    else if (!next) {
      if (!flowing) lost()
    } else if (!pull || (at?.node !== next.node && clock.now() - toldAt > TOLD_MS)) connect(next)
  }

  /** Nobody came back. Whoever came when there was nothing to show is told too. */
  function finish(): void {
    if (!current && !over) deps.topics.publish(stateTopic(stream), stateFrame('ended'))
    over = true
    become('ended')
  }

  const stateNow = (): VideoState => current?.state() ?? (over ? 'ended' : beenLive ? 'reconnecting' : 'idle')

  function connect(next: NodeAddress): void {
    drop()
    at = next
    const mine = ++turn
    const isMine = () => mine === turn
    const opened = createPull(
      {
        ...deps,
        at: next,
        have: current ? { prefix: current.prefix, msn: current.last() } : null,
        spread: () => current?.latency.spread(clock.now()) ?? { values: [], samples: 0 },
      },
      {
        shown: (shown) => (isMine() ? adopt(shown) : NOWHERE),
        state: (state) => isMine() && become(state),
        over: (why) => isMine() && broken(why),
      },
    )
    // It may be over already.
    if (isMine()) pull = opened
  }

  function adopt(shown: Shown): MediaSink {
    const { prefix, state } = shown
    cancelLost()
    flowing = true
    retryMs = FIRST_RETRY_MS
    if (current?.prefix !== prefix) {
      current?.pause()
      previous = current ?? previous
      current = createRelayed({ ...deps, prefix, state: stateNow() })
    }
    if (state === 'live') beenLive = true
    current.restore(shown, seen(state))
    log.info('relayed', { stream, origin: at?.node, state })
    settle()
    // The show before may have had other layers.
    deps.onLayers(stream)
    return current
  }

  /** To viewers of a show that is under way a publisher that comes is one that comes back. */
  const seen = (state: VideoState): VideoState =>
    state === 'connecting' && beenLive ? 'reconnecting' : state

  function become(state: VideoState): void {
    if (state === 'live') beenLive = true
    current?.become(seen(state))
    if (state === 'ended' || state === 'idle') drop()
  }

  function broken(why: string | null): void {
    log.info('relay lost', { stream, origin: at?.node, why })
    if (flowing) {
      cancelLost()
      cancelLost = clock.after(LOST_MS, lost)
    }
    drop()
    if (current) current.pause()
    else settle()
    cancelRetry = clock.after(retryMs, look)
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
  }

  function lost(): void {
    if (current?.state() === 'live') current.become('reconnecting')
  }

  function drop(): void {
    turn += 1
    flowing = false
    cancelRetry()
    pull?.close()
    pull = undefined
  }

  return {
    shows: () => [current, previous].filter((show) => show !== undefined),
    state: stateNow,
    restless: () => !flowing || current?.state() !== 'live',
    look,
    told(next) {
      toldAt = clock.now()
      connect(next)
    },
    stepBack() {
      drop()
      cancelLost()
      current?.pause()
      previous = current ?? previous
      current = undefined
      settle()
      deps.onLayers(stream)
    },
    settled() {
      if (current || closed) return Promise.resolve()
      return new Promise((resolve) => {
        const go = () => {
          cancel()
          waiting.delete(go)
          resolve()
        }
        const cancel = clock.after(SETTLE_MS, go)
        waiting.add(go)
      })
    },
    close() {
      closed = true
      drop()
      cancelLost()
      current?.pause()
      settle()
    },
  }
}

const NOWHERE: MediaSink = { take: () => undefined, chunk: () => undefined, cut: () => undefined }

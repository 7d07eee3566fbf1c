// What this node shows of streams that others ingest, and what it must know of the others before it ingests one:
// who watches here, which node has the publisher, when a show here has gone on elsewhere.
import type { DelaySpread } from '../../../shared/api/streams.ts'
import type { StreamId } from '../../../shared/ids.ts'
import type { VideoState } from '../../../shared/media.ts'
import type { Bus, Notice } from '../../app/ports.ts'
import type { NodeAddress, Nodes } from '../../app/relay-ports.ts'
import type { Broadcast } from '../broadcast.ts'
import type { Show } from '../show.ts'
import { createEdge, type Edge, type EdgeDeps } from './edge.ts'
import { ask } from './errand.ts'
import { createLookout } from './lookout.ts'
import type { OriginSays } from './messages.ts'

export type Edges = {
  /** Newest first. */
  shows(stream: StreamId): readonly Show[]
  /** What viewers of it are told; undefined when nobody here asked for it. */
  state(stream: StreamId): VideoState | undefined
  /** Somebody watches, until `release`. `ready`: what there is can be shown. */
  hold(stream: StreamId): { ready: Promise<void>; release(): void }
  /** Somebody asks for a file: as `hold`, for a minute. */
  reach(stream: StreamId): Promise<void>
  /** Whether somebody publishes it at another node, as far as that can be known. */
  takenElsewhere(stream: StreamId): Promise<boolean>
  /** How far the whole audience is behind, as its origin knows; undefined: that is here, or does not answer. */
  delays(stream: StreamId): Promise<DelaySpread | null | undefined>
  /** A permission to publish that another node gave. */
  redeem(grant: string): Promise<StreamId | null>
  /** The state of a show that is published here. */
  published(stream: StreamId, state: VideoState): void
  /** Under which address the others reach this node. */
  announce(address: NodeAddress): void
  stop(): void
}

const SWEEP_MS = 2_000
/** After the last viewer. */
const KEEP_MS = 60_000
/** The notice of a node may be faster than its lease. */
const GIVE_WAY_MS = 200
/** Of streams that are nowhere, asked for by name. */
const NOTHING_MS = 1_000
const MOST_NOTHINGS = 1_000
const NODE_ID = /^[0-9a-f-]{36}(?=\.)/

type Entry = { edge: Edge; holds: number; until: number }

export function createEdges(
  deps: Omit<EdgeDeps, 'lookout'> & {
    nodes: Pick<Nodes, 'airings' | 'find'>
    bus: Pick<Bus, 'publish' | 'subscribe'>
    /** Published here and not over. */
    here(stream: StreamId): Broadcast | undefined
    streamsHere(): readonly StreamId[]
  },
): Edges {
  const { node, clock, log, nodes, bus } = deps
  const lookout = createLookout(deps)
  const entries = new Map<StreamId, Entry>()
  const nothings = new Map<StreamId, number>()
  let own: NodeAddress | undefined

  function entryOf(stream: StreamId): Entry {
    const entry: Entry = entries.get(stream) ?? {
      edge: createEdge({ ...deps, stream, lookout, isHere: () => deps.here(stream) !== undefined }),
      holds: 0,
      until: clock.now() + KEEP_MS,
    }
    entries.set(stream, entry)
    return entry
  }

  function sweep(): void {
    cancelSweep = clock.after(SWEEP_MS, sweep)
    for (const [stream, { edge, holds, until }] of entries) {
      if (holds === 0 && clock.now() >= until) {
        edge.close()
        entries.delete(stream)
      } else if (!deps.here(stream) && edge.restless()) edge.look()
    }
    for (const stream of deps.streamsHere()) if (deps.here(stream)?.taken() === false) mayGiveWay(stream)
  }
  let cancelSweep = clock.after(SWEEP_MS, sweep)

  /** Its publisher left, and another node has it by now. */
  function mayGiveWay(stream: StreamId): void {
    lookout.ask(stream).then(
      (airing) => {
        const show = deps.here(stream)
        if (!show || show.taken() || !airing?.node || airing.node === node) return
        log.info('show gives way', { stream, origin: airing.node })
        show.giveWay()
      },
      (error: unknown) => void log.fault('relay give way', error),
    )
  }

  const unsubscribe = bus.subscribe((notice: Notice) => {
    if (notice.type !== 'origin' || notice.at.node === node) return
    const { stream, at } = notice
    if (deps.here(stream)) clock.after(GIVE_WAY_MS, () => mayGiveWay(stream))
    else entries.get(stream)?.edge.told(at)
  })

  async function askOrigin(t: 'taken' | 'delays', stream: StreamId): Promise<OriginSays | null> {
    const at = (await lookout.ask(stream))?.at
    return at && at.node !== node ? ask(deps, at, { t, stream }) : null
  }

  return {
    shows: (stream) => entries.get(stream)?.edge.shows() ?? [],
    state: (stream) => entries.get(stream)?.edge.state(),
    hold(stream) {
      const entry = entryOf(stream)
      entry.holds += 1
      const { edge } = entry
      const isThere = deps.here(stream) !== undefined || edge.shows().length > 0
      if (!isThere) edge.look()
      let released = false
      return {
        ready: isThere ? Promise.resolve() : edge.settled(),
        release() {
          if (released) return
          released = true
          entry.holds -= 1
          entry.until = clock.now() + KEEP_MS
        },
      }
    },
    async reach(stream) {
      if (deps.here(stream)) return
      if (!entries.has(stream)) {
        if ((nothings.get(stream) ?? 0) > clock.now()) return
        const airing = await lookout.ask(stream)
        if (!airing?.at || airing.at.node === node) {
          if (nothings.size >= MOST_NOTHINGS) nothings.clear()
          nothings.set(stream, clock.now() + NOTHING_MS)
          return
        }
      }
      const entry = entryOf(stream)
      entry.until = clock.now() + KEEP_MS
      if (entry.edge.shows().length > 0) return
      entry.edge.look()
      await entry.edge.settled()
    },
    async takenElsewhere(stream) {
      const answer = await askOrigin('taken', stream)
      return answer?.t === 'taken' && answer.yes
    },
    async delays(stream) {
      const answer = deps.here(stream) ? null : await askOrigin('delays', stream)
      return answer?.t === 'delays' ? answer.measured : undefined
    },
    async redeem(grant) {
      const issuer = NODE_ID.exec(grant)?.[0]
      if (issuer === undefined || issuer === node) return null
      const at = await nodes.find(issuer).catch((error: unknown) => {
        log.fault('relay grant', error)
        return null
      })
      const answer = at && (await ask(deps, at, { t: 'redeem', grant }))
      return answer?.t === 'redeemed' ? answer.stream : null
    },
    published(stream, state) {
      const edge = entries.get(stream)?.edge
      if (state === 'connecting') {
        edge?.stepBack()
        if (own) bus.publish({ type: 'origin', stream, at: own })
      } else if (state === 'idle' || state === 'ended') edge?.look()
    },
    announce: (address) => void (own = address),
    stop() {
      cancelSweep()
      unsubscribe()
      for (const { edge } of entries.values()) edge.close()
      entries.clear()
    },
  }
}

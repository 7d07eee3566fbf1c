// Who has a stream on air, among several nodes: the one with its publisher renews a lease in the database, and a
// lease that nobody renewed for a publisher's grace is the end of the stream, whoever notices.
import type { StreamId } from '../../shared/ids.ts'
import type { VideoState } from '../../shared/media.ts'
import { LIMITS } from '../../shared/protocol/index.ts'
import type { Clock, Log, Random, Streams } from './ports.ts'

const BEAT_MS = 10_000
/** Nodes that started together must not ask together for ever. */
const JITTER_MS = 2_000
const GRACE_MS = LIMITS.publisherGraceMs

export function createLease(deps: {
  node: string
  streams: Pick<Streams, 'air' | 'unaired'>
  clock: Clock
  random: Pick<Random, 'fraction'>
  log: Log
  /** Nobody has its publisher, and nobody came back in time. */
  lapsed(stream: StreamId): void
  /** It is over, says the database, and its publisher here has not heard. */
  over(stream: StreamId): void
}) {
  const { node, streams, clock, random, log } = deps
  const here = new Set<StreamId>()
  let sweepsFrom = 0
  let cancelBeat = (): void => undefined

  /** Those that no answer confirmed yet: they are taken from whoever has them. */
  const coming = new Set<StreamId>()

  async function air(ids: readonly StreamId[], spareMs: number): Promise<void> {
    if (ids.length === 0) return
    for (const id of await streams.air(node, ids, spareMs)) {
      here.delete(id)
      deps.over(id)
    }
  }

  /** A publisher that is here now was at another node before, and that one's word comes later than ours. */
  async function take(ids: readonly StreamId[]): Promise<void> {
    await air(ids, 0)
    for (const id of ids) coming.delete(id)
  }
  const renew = (ids: readonly StreamId[]) => air(ids, GRACE_MS)

  /** While the database was away from here it may have been away from those who renew: they get the grace anew,
   * like publishers after a start. */
  const failed = (error: unknown) => {
    sweepsFrom = clock.now() + GRACE_MS
    log.fault('stream lease', error)
  }

  async function beat(): Promise<void> {
    await take([...coming])
    await renew([...here]) // first, so that no lease of this node lapses for being late
    if (clock.now() < sweepsFrom) return
    for (const id of await streams.unaired(GRACE_MS)) if (!here.has(id)) deps.lapsed(id)
  }

  function next(): void {
    const jittered = BEAT_MS - random.fraction() * JITTER_MS
    const toSweep = sweepsFrom - clock.now()
    cancelBeat = clock.after(toSweep > 0 ? Math.min(jittered, toSweep) : jittered, () => {
      next()
      beat().catch(failed)
    })
  }

  return {
    /** Follows the states of the video of this node. The lease is written when a publisher comes and when it is
     * gone, so that it says when it was last there. */
    heard(stream: StreamId, state: VideoState): void {
      const isHere = state === 'connecting' || state === 'live'
      if (isHere === here.has(stream)) return
      if (isHere) {
        here.add(stream)
        coming.add(stream)
        take([stream]).catch(failed)
        return
      }
      here.delete(stream)
      coming.delete(stream)
      if (state !== 'ended') renew([stream]).catch(failed)
    },
    /** What a crash left live gets the grace of a publisher that dropped. */
    start(): void {
      sweepsFrom = clock.now() + GRACE_MS
      next()
    },
    /** This node leaves, and its publishers have their grace from now. */
    stop(): void {
      cancelBeat()
      renew([...here]).catch(failed)
    },
  }
}

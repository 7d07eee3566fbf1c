// Where else a host's show is sent to.
import type { Simulcast, SimulcastRequest } from '../../shared/api/simulcast.ts'
import type { StreamId } from '../../shared/ids.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { targetOf } from '../domain/push-target.ts'
import type { Limiter } from './limiter.ts'
import type { Bus, Random, Stream, Streams } from './ports.ts'
import type { Who } from './sessions.ts'
import type { Sealer, SimulcastTargets, TargetId } from './simulcast-ports.ts'
import type { PushState } from './video-ports.ts'

const MOST_TARGETS = 5

export type SimulcastCases = ReturnType<typeof createSimulcastCases>

/** What a key is sealed for. */
export const sealedFor = (stream: StreamId, id: TargetId): string => `${stream} ${id}`

export function createSimulcastCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  targets: SimulcastTargets
  sealer: Sealer
  random: Pick<Random, 'uuid'>
  bus: Pick<Bus, 'publish'>
  /** What this node sends on now. */
  sending: { states(stream: StreamId): ReadonlyMap<TargetId, PushState>; refresh(stream: StreamId): void }
  /** By person. */
  limit: Limiter
}) {
  const { streams, targets, sealer, random, bus, sending, limit } = deps

  async function listOf({ principal }: Who, stream: Stream): Promise<Result<Simulcast>> {
    const own = await targets.ownedBy(principal.id, stream.id)
    const states = sending.states(stream.id)
    const list = own.map((target) => {
      const { state, says } = states.get(target.id) ?? { state: 'closed', says: null }
      return { ...target, state: state === 'closed' ? ('off' as const) : state, says }
    })
    return ok({ targets: list, most: MOST_TARGETS })
  }

  async function hostedBy({ principal }: Who, slug: string): Promise<Result<Stream>> {
    const stream = await streams.bySlug(slug)
    return stream?.host.id === principal.id ? ok(stream) : deny('not_found')
  }

  return {
    async list(who: Who, slug: string): Promise<Result<Simulcast>> {
      const stream = await hostedBy(who, slug)
      return stream.ok ? listOf(who, stream.value) : stream
    },

    async add(who: Who, slug: string, { name, url, key }: SimulcastRequest): Promise<Result<Simulcast>> {
      const allowed = limit.take(who.principal.id)
      if (!allowed.ok) return allowed
      const target = targetOf(url)
      if (!target) return deny('bad_request', { field: 'url' })
      const stream = await hostedBy(who, slug)
      if (!stream.ok) return stream
      const id = random.uuid()
      const sealed = sealer.seal(key, sealedFor(stream.value.id, id))
      const row = { id, name, url: target.url, sealed }
      const added = await targets.add(who.principal.id, stream.value.id, row, MOST_TARGETS)
      if (!added.ok) return added
      sending.refresh(stream.value.id)
      return listOf(who, stream.value)
    },

    async remove(who: Who, slug: string, id: TargetId): Promise<Result<Simulcast>> {
      const stream = await hostedBy(who, slug)
      if (!stream.ok) return stream
      const removed = await targets.remove(who.principal.id, stream.value.id, id)
      if (!removed.ok) return removed
      // Nodes look at once instead of at their next poll.
      bus.publish({ type: 'revoked' })
      return listOf(who, stream.value)
    },
  }
}

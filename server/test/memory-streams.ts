// Streams in memory and a journal that knows their state alone: for tests of the web side.
import type { Journal, Placed, Standing, Stream, Streams } from '../app/ports.ts'
import { NOBODY, gateRefusal } from '../domain/gate.ts'
import { OPEN_RULES, deny, ok, type StreamState } from '../../shared/protocol/index.ts'

const ORDER: readonly StreamState[] = ['scheduled', 'live', 'ended']

export function memoryStreams(nameOf: (id: string) => Promise<string>, now: () => number) {
  const all = new Map<string, Stream>()
  const bans = new Map<string, Pick<Standing, 'until' | 'reason'>>()
  const leases = new Map<string, { node: string; at: number }>()
  const list = () => [...all.values()].map((stream) => ({ ...stream }))
  const inState = (state: StreamState) => list().filter((stream) => stream.state === state)
  let seq = 0
  let failures = 0

  const streams: Streams = {
    async create({ id, slug, title, description, host, startsAt, gate, provider = 'local' }) {
      if (list().some((stream) => stream.slug === slug)) return deny('slug_taken', { field: 'slug' })
      const stream: Stream = {
        ...{ id, slug, title, description, startsAt, host: { id: host, name: await nameOf(host) } },
        ...{ state: 'scheduled', slowSeconds: 0, rules: OPEN_RULES, startedAt: null, endedAt: null },
        ...{ gate: gate?.kind ?? 'public', gateRev: 1 },
        provider,
      }
      all.set(id, stream)
      return ok(stream)
    },
    edit: (_by, id, { gate, ...change }) =>
      Promise.resolve(
        ok(
          Object.assign(all.get(id)!, change, gate && { gate: gate.kind, gateRev: all.get(id)!.gateRev + 1 }),
        ),
      ),
    bySlug: (slug) => Promise.resolve(list().find((stream) => stream.slug === slug) ?? null),
    byId: (id) => Promise.resolve(list().find((stream) => stream.id === id) ?? null),
    home: () =>
      Promise.resolve({ live: inState('live'), upcoming: inState('scheduled'), recent: inState('ended') }),
    ownedBy: (host) => Promise.resolve(list().filter((stream) => stream.host.id === host)),
    live: () => Promise.resolve(inState('live')),
    air(node, ids, spareMs) {
      const over = (id: string) => all.get(id)?.state === 'ended'
      const spared = (lease = { node, at: 0 }) => lease.node !== node && lease.at > now() - spareMs
      for (const id of ids) if (!over(id) && !spared(leases.get(id))) leases.set(id, { node, at: now() })
      return Promise.resolve(ids.filter(over))
    },
    unaired(ms) {
      const lapsed = ({ id }: Stream) => (leases.get(id)?.at ?? 0) <= now() - ms
      return Promise.resolve(
        inState('live')
          .filter(lapsed)
          .map(({ id }) => id),
      )
    },
    airedElsewhere(node, id, ms) {
      const lease = leases.get(id)
      return Promise.resolve(lease !== undefined && lease.node !== node && lease.at > now() - ms)
    },
    standing(principal, id): Promise<Standing> {
      const role = all.get(id)?.host.id === principal ? 'host' : 'viewer'
      const ban = bans.get(`${principal} ${id}`)
      const refused = gateRefusal(all.get(id)?.gate ?? 'public', { ...NOBODY, role })
      return Promise.resolve({
        ...{ role, refused, banned: ban !== undefined },
        ...(ban ?? { until: null, reason: null }),
      })
    },
  }

  const journal: Pick<Journal, 'act'> = {
    act(_by, id, act) {
      if (failures > 0) {
        failures -= 1
        return Promise.reject(new Error('the database is away'))
      }
      const stream = all.get(id)
      if (!stream || act.type !== 'state') return Promise.resolve(deny('not_found'))
      if (stream.state === act.state) return Promise.resolve(ok({ dup: true, at: 0, placed: [] }))
      if (ORDER.indexOf(act.state) < ORDER.indexOf(stream.state)) return Promise.resolve(deny('wrong_state'))
      stream.state = act.state
      seq += 1
      const entry = { seq, at: 0, event: { type: 'stream' as const, state: act.state } }
      const placed: Placed[] = [{ log: { kind: 'room', stream: id }, epoch: 'e', seq, entry }]
      return Promise.resolve(ok({ dup: false, at: 0, placed }))
    },
  }

  return {
    streams,
    journal: journal as Journal,
    ban: (principal: string, stream: string, until: number | null = null, reason: string | null = null) =>
      bans.set(`${principal} ${stream}`, { until, reason }),
    /** The next `times` acts find the database away. */
    failActs: (times: number) => (failures = times),
  }
}

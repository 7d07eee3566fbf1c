// Streams in memory, for tests.
import { OPEN_RULES, deny, ok, type Result } from '../../../shared/protocol/index.ts'
import type { Clock, GateChange, Stream, Streams } from '../../app/ports.ts'
import { revoke, standingIn } from './tables.ts'
import type { Tables } from './tables.ts'

export function createMemoryStreams(tables: Tables, clock: Clock): Streams {
  const all = () => [...tables.streams.values()]

  function setGate(stream: Stream, { kind, hash, reset }: GateChange): Result<Stream> {
    const misplaced = hash !== null && kind !== 'passphrase'
    const missing = kind === 'passphrase' && hash === null && !tables.passphrases.has(stream.id)
    if (misplaced || missing) return deny('bad_request')
    if (stream.gate === kind && hash === null && !reset) return ok(stream)
    if (hash !== null) tables.passphrases.set(stream.id, hash)
    else if (kind !== 'passphrase') tables.passphrases.delete(stream.id)
    const changed = { ...stream, gate: kind, gateRev: stream.gateRev + 1 }
    tables.streams.set(stream.id, changed)
    revoke(tables, null, { kind: 'gate', stream: stream.id })
    return ok(changed)
  }

  const find = (test: (stream: Stream) => boolean) => Promise.resolve(all().find(test) ?? null)
  return {
    create(stream) {
      if (all().some((other) => other.slug === stream.slug)) return Promise.resolve(deny('slug_taken'))
      const { host, gate, ...rest } = stream
      const row: Stream = {
        ...rest,
        host: { id: host, name: tables.people.get(host)?.name ?? '' },
        state: 'scheduled',
        slowSeconds: 0,
        rules: OPEN_RULES,
        startedAt: null,
        endedAt: null,
        gate: 'public',
        gateRev: 1,
        provider: stream.provider ?? 'local',
      }
      tables.streams.set(stream.id, row)
      return Promise.resolve(gate ? setGate(row, gate) : ok(row))
    },
    edit(by, id, { gate, ...change }) {
      const stream = tables.streams.get(id)
      if (!stream) return Promise.resolve(deny('not_found'))
      if (stream.host.id !== by) return Promise.resolve(deny('not_allowed'))
      const gated = gate ? setGate(stream, gate) : ok(stream)
      if (!gated.ok) return Promise.resolve(gated)
      const edited = { ...gated.value, ...change }
      tables.streams.set(id, edited)
      return Promise.resolve(ok(edited))
    },
    bySlug: (slug) => find((stream) => stream.slug === slug),
    byId: (id) => find((stream) => stream.id === id),
    home() {
      const of = (state: Stream['state']) => all().filter((stream) => stream.state === state)
      const soonest = (stream: Stream) => stream.startsAt ?? Infinity
      return Promise.resolve({
        live: of('live'),
        upcoming: of('scheduled').sort((a, b) => soonest(a) - soonest(b)),
        recent: of('ended')
          .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))
          .slice(0, 12),
      })
    },
    ownedBy: (host) => Promise.resolve(all().filter((stream) => stream.host.id === host)),
    live: () => Promise.resolve(all().filter((stream) => stream.state === 'live')),
    air(node, ids, spareMs) {
      const known = ids.flatMap((id) => tables.streams.get(id) ?? [])
      const spared = (id: string) => {
        const lease = tables.leases.get(id)
        return lease !== undefined && lease.node !== node && lease.at > clock.now() - spareMs
      }
      for (const { id, state } of known)
        if (state !== 'ended' && !spared(id)) tables.leases.set(id, { node, at: clock.now() })
      return Promise.resolve(known.filter(({ state }) => state === 'ended').map(({ id }) => id))
    },
    unaired(ms) {
      const airedAt = ({ id, startedAt }: Stream) => tables.leases.get(id)?.at ?? startedAt ?? 0
      const live = all().filter(({ state }) => state === 'live')
      return Promise.resolve(live.filter((stream) => airedAt(stream) <= clock.now() - ms).map(({ id }) => id))
    },
    airedElsewhere(node, stream, ms) {
      const lease = tables.leases.get(stream)
      return Promise.resolve(lease !== undefined && lease.node !== node && lease.at > clock.now() - ms)
    },
    standing: (principal, stream) => Promise.resolve(standingIn(tables, principal, stream, clock.now())),
  }
}

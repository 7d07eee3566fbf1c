// What the memory adapters share: the rows that Postgres would hold. Tests reach in to set up people and bans.
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Principal, Revocation, Standing, Stream, Terms } from '../../app/ports.ts'
import { NOBODY, gateRefusal } from '../../domain/gate.ts'
import type { GateCode } from '../../domain/privacy/gates.ts'

/** Without `createdAt` a person has always been there; without `skeleton` its name looks like nobody's. */
export type PersonRow = Principal & {
  passwordHash: string | null
  createdAt?: number
  skeleton?: string | null
}
export type SessionRow = { principal: PrincipalId; expiresAt: number }

export type Tables = {
  people: Map<PrincipalId, PersonRow>
  sessions: Map<string, SessionRow>
  streams: Map<StreamId, Stream>
  /** Who has whose publisher, since when. */
  leases: Map<StreamId, { node: string; at: number }>
  /** `stream:principal` */
  moderators: Set<string>
  bans: Map<string, { until: number; reason?: string | null }>
  timeouts: Map<string, { until: number; reason: string | null }>
  /** In all streams of one host: `host:principal`. */
  everywhere: { moderators: Set<string>; blocked: Set<string>; members: Set<string> }
  /** Hashes by stream, and under which revision of its gate somebody entered: `stream:principal`. */
  passphrases: Map<StreamId, string>
  entered: Map<string, number>
  /** By host. None is version 0 without terms. */
  terms: Map<PrincipalId, Terms>
  revocations: Revocation[]
}

export const createTables = (): Tables => ({
  people: new Map(),
  sessions: new Map(),
  streams: new Map(),
  leases: new Map(),
  moderators: new Set(),
  bans: new Map(),
  timeouts: new Map(),
  everywhere: { moderators: new Set(), blocked: new Set(), members: new Set() },
  passphrases: new Map(),
  entered: new Map(),
  terms: new Map(),
  revocations: [],
})

/** Of a stream and a person, or of a host and a person. */
export const pair = (of: string, principal: PrincipalId): string => `${of}:${principal}`

/** Nobody bans the host. */
export function standingIn(tables: Tables, principal: PrincipalId, stream: StreamId, now: number): Standing {
  const key = pair(stream, principal)
  const refused = refusalIn(tables, principal, stream)
  const free = { banned: false, until: null, reason: null, refused }
  const host = tables.streams.get(stream)?.host.id ?? ''
  if (host === principal) return { role: 'host', ...free }
  const trusted = tables.moderators.has(key) || tables.everywhere.moderators.has(pair(host, principal))
  const role = trusted ? 'moderator' : 'viewer'
  const { until = 0, reason = null } = tables.bans.get(key) ?? {}
  if (until <= now) return { role, ...free }
  return { role, banned: true, until: until === Infinity ? null : until, reason, refused }
}

/** What the gate of a stream asks of a person, whoever it is. */
function refusalIn(tables: Tables, principal: PrincipalId, stream: StreamId): GateCode | null {
  const row = tables.streams.get(stream)
  if (!row) return null
  const host = row.host.id
  const { moderators, members } = tables.everywhere
  const trusted = tables.moderators.has(pair(stream, principal)) || moderators.has(pair(host, principal))
  return gateRefusal(row.gate, {
    ...NOBODY,
    role: host === principal ? 'host' : trusted ? 'moderator' : 'viewer',
    kind: tables.people.get(principal)?.kind ?? null,
    member: members.has(pair(host, principal)),
    admitted: tables.entered.get(pair(stream, principal)) === row.gateRev,
  })
}

/** What this person's sockets stand on ended: in one stream, or its sessions. */
export function revoke(
  { revocations }: Tables,
  principal: PrincipalId | null,
  what: Pick<Revocation, 'kind'> & Partial<Pick<Revocation, 'stream' | 'session' | 'except'>>,
): void {
  const seq = revocations.length + 1
  revocations.push({ seq, principal, stream: null, session: null, except: null, ...what })
}

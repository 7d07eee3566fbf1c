// What the memory adapters share: the rows that Postgres would hold. Tests reach in to set up people and bans.
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Principal, Revocation, Standing, Stream } from '../../app/ports.ts'

export type PersonRow = Principal & { passwordHash: string | null }
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
  revocations: Revocation[]
}

export const createTables = (): Tables => ({
  people: new Map(),
  sessions: new Map(),
  streams: new Map(),
  leases: new Map(),
  moderators: new Set(),
  bans: new Map(),
  revocations: [],
})

export const pair = (stream: StreamId, principal: PrincipalId): string => `${stream}:${principal}`

/** Nobody bans the host. */
export function standingIn(tables: Tables, principal: PrincipalId, stream: StreamId, now: number): Standing {
  const key = pair(stream, principal)
  const free = { banned: false, until: null, reason: null }
  if (tables.streams.get(stream)?.host.id === principal) return { role: 'host', ...free }
  const role = tables.moderators.has(key) ? 'moderator' : 'viewer'
  const { until = 0, reason = null } = tables.bans.get(key) ?? {}
  if (until <= now) return { role, ...free }
  return { role, banned: true, until: until === Infinity ? null : until, reason }
}

/** What this person's sockets stand on ended: in one stream, or its sessions. */
export function revoke(
  { revocations }: Tables,
  principal: PrincipalId,
  what: Pick<Revocation, 'kind'> & Partial<Pick<Revocation, 'stream' | 'session' | 'except'>>,
): void {
  const seq = revocations.length + 1
  revocations.push({ seq, principal, stream: null, session: null, except: null, ...what })
}

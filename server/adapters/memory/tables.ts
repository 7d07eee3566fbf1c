// What the memory adapters share: the rows that Postgres would hold. Tests reach in to set up people and bans.
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Principal, Standing, Stream } from '../../app/ports.ts'

export type PersonRow = Principal & { passwordHash: string | null }
export type SessionRow = { principal: PrincipalId; expiresAt: number }

export type Tables = {
  people: Map<PrincipalId, PersonRow>
  sessions: Map<string, SessionRow>
  streams: Map<StreamId, Stream>
  /** `stream:principal` */
  moderators: Set<string>
  bans: Set<string>
}

export const createTables = (): Tables => ({
  people: new Map(),
  sessions: new Map(),
  streams: new Map(),
  moderators: new Set(),
  bans: new Set(),
})

export const pair = (stream: StreamId, principal: PrincipalId): string => `${stream}:${principal}`

export function standingIn(tables: Tables, principal: PrincipalId, stream: StreamId): Standing {
  const key = pair(stream, principal)
  const role =
    tables.streams.get(stream)?.host.id === principal
      ? 'host'
      : tables.moderators.has(key)
        ? 'moderator'
        : 'viewer'
  return { role, banned: tables.bans.has(key) }
}

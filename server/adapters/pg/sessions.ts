// What proves who somebody is, over Postgres: sessions, login links, invites. Tokens arrive hashed.
import type { Pool } from 'pg'
import type { People } from '../../app/ports.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import { toPrincipal, type PersonRow } from './people.ts'
import { call } from './unit.ts'

type Sessions = Pick<
  People,
  | 'createSession'
  | 'sessionPrincipal'
  | 'endSession'
  | 'endSessions'
  | 'createLoginLink'
  | 'redeemLoginLink'
  | 'createInvite'
>

export function createSessions(pool: Pool): Sessions {
  return {
    async createSession({ id, principal, expiresAt }) {
      const sql = 'select app.create_session($1, $2, to_timestamp($3::float8 / 1000))'
      await call(pool, 'create_session', sql, [id, principal, expiresAt])
    },
    async sessionPrincipal(sessionId, now) {
      const sql = `select p.id, p.kind, p.name, p.can_host, p.email, p.has_password
        from app.session_person($1, to_timestamp($2::float8 / 1000)) p`
      const [row] = await call<PersonRow>(pool, 'session_person', sql, [sessionId, now])
      return row ? toPrincipal(row) : null
    },
    async endSession(sessionId) {
      await call(pool, 'end_session', 'select app.end_session($1)', [sessionId])
    },
    async endSessions(principal, except) {
      await call(pool, 'end_sessions', 'select app.end_sessions($1, $2)', [principal, except ?? null])
    },
    async createLoginLink({ tokenHash, principal, expiresAt }) {
      const sql = 'select app.create_login_link($1, $2, to_timestamp($3::float8 / 1000))'
      await call(pool, 'create_login_link', sql, [tokenHash, principal, expiresAt])
    },
    async redeemLoginLink(tokenHash, now) {
      const sql = 'select app.redeem_login_link($1, to_timestamp($2::float8 / 1000)) as id'
      const [row] = await call<{ id: PrincipalId | null }>(pool, 'redeem_login_link', sql, [tokenHash, now])
      return row?.id ?? null
    },
    async createInvite({ tokenHash, by, canHost, expiresAt }) {
      const sql = 'select app.create_invite($1, $2, $3, to_timestamp($4::float8 / 1000))'
      await call(pool, 'create_invite', sql, [tokenHash, by, canHost, expiresAt])
    },
  }
}

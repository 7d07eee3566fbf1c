// People over Postgres: principals, accounts, credentials. Every statement is one function call; the server's role
// cannot read the tables behind them.
import type { Pool } from 'pg'
import type { NewAccount, People, Principal } from '../../app/ports.ts'
import { deny, ok, type ErrorCode, type Result } from '../../../shared/protocol/index.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import { createSessions } from './sessions.ts'
import { call } from './unit.ts'

export function createPeople(pool: Pool): People {
  return {
    ...createSessions(pool),
    find: (id) => findPerson(pool, id),
    async createGuest({ id, name, skeleton = null }) {
      await call(pool, 'create_guest', 'select app.create_guest($1, $2, $3)', [id, name, skeleton])
    },
    createAccount: (account) => createAccount(pool, account),
    update: (id, change) => updatePerson(pool, id, change),
    async credentials(email) {
      const sql = 'select c.id, c.password_hash as "passwordHash" from app.credentials($1) c'
      const rows = await call<{ id: PrincipalId; passwordHash: string | null }>(pool, 'credentials', sql, [
        email,
      ])
      return rows[0] ?? null
    },
    async passwordHash(id) {
      const rows = await call<{ hash: string | null }>(
        pool,
        'password_hash',
        'select app.password_hash($1) as hash',
        [id],
      )
      return rows[0]?.hash ?? null
    },
    async createFirstHost({ id, name, skeleton = null }) {
      const sql = 'select app.create_first_host($1, $2, $3) as made'
      const rows = await call<{ made: boolean }>(pool, 'create_first_host', sql, [id, name, skeleton])
      return rows[0]?.made === true
    },
    async unclaimedHost() {
      const rows = await call<{ id: PrincipalId | null }>(
        pool,
        'unclaimed_host',
        'select app.unclaimed_host() as id',
      )
      return rows[0]?.id ?? null
    },
  }
}

export type PersonRow = {
  id: PrincipalId
  kind: Principal['kind']
  name: string
  can_host: boolean
  email: string | null
  has_password: boolean
}

export const toPrincipal = (row: PersonRow): Principal => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  canHost: row.can_host,
  email: row.email,
  hasPassword: row.has_password,
})

async function findPerson(pool: Pool, id: PrincipalId): Promise<Principal | null> {
  const sql = 'select p.id, p.kind, p.name, p.can_host, p.email, p.has_password from app.person($1) p'
  const [row] = await call<PersonRow>(pool, 'person', sql, [id])
  return row ? toPrincipal(row) : null
}

async function createAccount(pool: Pool, account: NewAccount): Promise<Result<Principal>> {
  const { id, name, email, passwordHash, canHost, inviteHash = null, now, skeleton = null } = account
  // A session that somebody else holds of the guest must not become one of the account.
  const sql = `with made as materialized (
      select app.create_account($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), $8) as code)
    select m.code, case when m.code is null then app.end_sessions($1, null) end from made m`
  const values = [id, name, email, passwordHash, canHost, inviteHash, now, skeleton]
  return answered(pool, id, await call<Refusal>(pool, 'create_account', sql, values))
}

async function updatePerson(
  pool: Pool,
  id: PrincipalId,
  change: Parameters<People['update']>[1],
): Promise<Result<Principal>> {
  const sql = 'select app.update_person($1, $2, $3, $4, $5, $6) as code'
  const { name = null, email = null, passwordHash = null, keepSession = null, skeleton = null } = change
  const values = [id, name, email, passwordHash, keepSession, skeleton]
  return answered(pool, id, await call<Refusal>(pool, 'update_person', sql, values))
}

type Refusal = { code: ErrorCode | null }

async function answered(pool: Pool, id: PrincipalId, rows: Refusal[]): Promise<Result<Principal>> {
  const code = rows[0]?.code
  if (code) return deny(code)
  const principal = await findPerson(pool, id)
  return principal ? ok(principal) : deny('not_found')
}

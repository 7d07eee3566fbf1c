// Rights of the connected over Postgres: who may join, asked for many at once, and what was revoked.
import type { Pool } from 'pg'
import type { Admission, Revocation, Rights } from '../../app/ports.ts'
import { toPrincipal, type PersonRow } from './people.ts'
import { call, callPrepared } from './unit.ts'

export function createRights(pool: Pool): Rights {
  return {
    async admissions(asked, now) {
      const rows = await callPrepared<AdmissionRow>(pool, 'seats', SEATS, [
        asked.map(({ session }) => session),
        asked.map(({ stream }) => stream),
        now,
      ])
      return rows.map(({ role, banned, refused, seen, ...person }) => ({
        person: isSomebody(person) ? toPrincipal(person) : null,
        role,
        banned: banned === true,
        refused,
        seen,
      }))
    },
    async revocations(after) {
      const rows = await call<RevocationRow>(pool, 'revocations', REVOCATIONS, [after])
      return {
        newest: rows[0]?.newest ?? 0,
        revocations: rows.flatMap(({ seq, principal, stream, session, except, kind }) =>
          seq === null ? [] : [{ seq, principal, stream, session, except, kind }],
        ),
      }
    },
  }
}

type Nobody = { [K in keyof PersonRow]: PersonRow[K] | null }
type AdmissionRow = Nobody & Pick<Admission, 'role' | 'refused' | 'seen'> & { banned: boolean | null }
type RevocationRow = Omit<Revocation, 'seq'> & { newest: number; seq: number | null }

const isSomebody = (row: Nobody): row is PersonRow => row.id !== null

const SEATS = `select a.id, a.kind, a.name, a.can_host, a.email, a.has_password, a.role, a.banned, a.refused, a.seen
  from app.seats($1, $2, to_timestamp($3::float8 / 1000)) a`
const REVOCATIONS = `select r.newest, r.seq, r.principal_id as principal, r.stream_id as stream, r.session,
  r.except_session as except, r.kind from app.revocations($1) r`

// Who looks like whom, over Postgres.
import type { Pool } from 'pg'
import type { Names } from '../../app/moderation-ports.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import { call } from './unit.ts'

export function createNames(pool: Pool): Names {
  return {
    async taken(skeleton, except) {
      const sql = 'select app.name_taken($1, $2) as taken'
      const rows = await call<{ taken: boolean }>(pool, 'name_taken', sql, [skeleton, except])
      return rows[0]?.taken === true
    },
    unskeletoned(limit) {
      const sql = 'select u.id, u.name from app.unskeletoned($1) u'
      return call<{ id: PrincipalId; name: string }>(pool, 'unskeletoned', sql, [limit])
    },
    async keep(names) {
      const columns = [names.map(({ id }) => id), names.map(({ name }) => name)]
      const values = [...columns, names.map(({ skeleton }) => skeleton)]
      await call(pool, 'keep_skeletons', 'select app.keep_skeletons($1, $2, $3)', values)
    },
  }
}

// The one key of all nodes, known to the database by its mark.
import type { Pool } from 'pg'
import type { Keys } from '../../app/ports.ts'
import { call } from './unit.ts'

export function createKeys(pool: Pool): Keys {
  return {
    async settle(mark, replace) {
      const sql = 'select app.settle_key($1, $2) as outcome'
      const [row] = await call<{ outcome: 'same' | 'other' | 'replaced' }>(pool, 'settle_key', sql, [
        mark,
        replace,
      ])
      return row?.outcome ?? 'other'
    },
  }
}

/** As the login that migrates: the next node to start says which key is everyone's. */
export async function forgetKey(login: Pool): Promise<void> {
  await login.query('begin; set local role stagedoor_owner; delete from app.key_mark; commit')
}

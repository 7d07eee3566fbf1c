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

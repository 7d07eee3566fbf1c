// Gates over Postgres: passphrases to compare with, and who was let in.
import type { Pool } from 'pg'
import type { Gates } from '../../app/gate-ports.ts'
import { asPrincipal, call } from './unit.ts'

export function createGates(pool: Pool): Gates {
  return {
    async passphrase(stream) {
      const sql = 'select app.gate_passphrase($1) as hash'
      const [row] = await call<{ hash: string | null }>(pool, 'gate_passphrase', sql, [stream])
      return row?.hash ?? null
    },
    admit: (person, stream, rev) =>
      asPrincipal(pool, person, 'admit', async (query) => {
        const [row] = await query<{ admitted: boolean }>('select app.admit($1, $2) as admitted', [
          stream,
          rev,
        ])
        return row?.admitted === true
      }),
  }
}

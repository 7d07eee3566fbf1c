// What everybody who comes asks is made of look-ups, whatever the tables held when it was planned.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { asPrincipal } from '../adapters/pg/unit.ts'
import { createStage } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore } from './store.ts'

const ADMISSIONS = 'select a.id from app.admissions($1, $2, now()) a'
const POSITIONS = 'select p.seq from app.positions($1, $2, $3) p'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`arrivals on ${engine.name}`, () => {
    test('C13 a question planned over empty tables reads no table whole when they are full', async () => {
      const store = await openStore(engine)
      try {
        const { stream, ada } = await createStage(store)
        const asking = (look: string) =>
          asPrincipal(store.db.pool, null, 'probe', async (query) => {
            await query(ADMISSIONS, [
              ['a', 'b'],
              [stream, stream],
            ])
            await query(POSITIONS, [['thread'], [stream], [ada]])
            return query<{ relname: string }>(look)
          })
        await store.db.admin('analyze')
        for (let n = 0; n < 8; n++) await asking('select 1')
        const people = Array.from({ length: 2_000 }, () => randomUUID())
        await store.db.admin(
          `insert into app.principal (id, kind, name) select p, 'guest', 'Guest' from unnest($1::uuid[]) p`,
          [people],
        )
        await store.db.admin(
          `insert into app.session (id, principal_id, expires_at)
           select p::text, p, now() + interval '1 day' from unnest($1::uuid[]) p`,
          [people],
        )
        const rows = await asking(
          `select relname from pg_stat_xact_all_tables
           where schemaname = 'app' and seq_scan > 0 and relname <> 'revocation_counter'`,
        )
        expect(rows).toEqual([])
      } finally {
        await store.close()
      }
    })
  })

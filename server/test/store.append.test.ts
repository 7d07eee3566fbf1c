// What an append reads, counted by the database itself.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createStage, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

/** Rows of the tables an append looks things up in, as indexes have led to them so far. */
async function rowsRead({ db }: Store): Promise<number> {
  // Counts are kept back for a second otherwise; the pool gives out the session that was used last.
  await db.pool.query('select pg_stat_force_next_flush()')
  const [row] = await db.admin(
    `select sum(idx_tup_read)::int as rows from pg_stat_user_indexes
     where schemaname = 'app' and relname in ('log', 'stream', 'principal', 'message', 'held', 'stream_timeout',
       'stream_moderator', 'host_moderator', 'host_block', 'host_member', 'host_terms')`,
  )
  return Number(row?.['rows'])
}

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(engine.name, () => {
    test('M11 an append reads what it writes to and no more, also when its plan is from an empty database', async () => {
      const store = await openStore(engine)
      try {
        const { send, draft, ada, bob, host } = await createStage(store)
        const batch = () =>
          send(
            draft(ada, 'to all'),
            draft(bob, 'to all'),
            draft(ada, 'to you', { viewer: ada }),
            draft(host, 'x'),
          )
        for (const result of await batch()) valueOf(result)
        await store.db.admin(
          `insert into app.principal (id, kind, name)
           select gen_random_uuid(), 'guest', 'Somebody' from generate_series(1, 1000)`,
        )
        await store.db.admin(
          `insert into app.stream (id, slug, title, description, host_id)
           select gen_random_uuid(), 's-' || n, 'Show', '', $1 from generate_series(1, 1000) n`,
          [host],
        )
        await store.db.admin(
          `insert into app.log (kind, stream_id, epoch)
           select k.kind, s.id, $1 from app.stream s, (values ('room'), ('inbox')) k (kind)
           on conflict do nothing`,
          [randomUUID()],
        )
        const before = await rowsRead(store)
        for (const result of await batch()) valueOf(result)
        const rows = (await rowsRead(store)) - before
        expect(rows).toBeGreaterThan(0)
        expect(rows).toBeLessThan(100)
      } finally {
        await store.close()
      }
    })
  })

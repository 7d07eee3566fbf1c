// What an append reads, counted by the database itself.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createBackstage, traits, valueOf } from './contracts/world.ts'
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
    test.each([
      ['', {}],
      [
        ' under every rule there is',
        { who: 'members', minAgeSeconds: 1, links: 'held', review: true, duplicateSeconds: 300 },
      ],
    ] as const)(
      'M11 an append reads what it writes to and no more, also when its plan is from an empty database%s',
      async (_, rules) => {
        const store = await openStore(engine)
        try {
          const { send, draft, ada, bob, host, stream, done, rule } = await createBackstage(store)
          const found = () => ({ traits: traits({ link: true }) })
          const batch = () =>
            send(
              draft(ada, 'to all', found()),
              draft(bob, 'to all', found()),
              draft(ada, 'to you', { viewer: ada }),
              draft(host, 'x', found()),
            )
          await rule(rules)
          for (const target of [ada, bob]) await done(host, { type: 'enrol', target })
          await store.pass(10_000)
          for (const result of await batch()) valueOf(result)
          await store.db.admin(
            `insert into app.principal (id, kind, name, skeleton)
             select gen_random_uuid(), 'guest', 'Somebody', 'somebody' from generate_series(1, 1000)`,
          )
          await store.db.admin(
            `insert into app.stream (id, slug, title, description, host_id)
             select gen_random_uuid(), 's-' || n, 'Show', '', $1 from generate_series(1, 1000) n`,
            [host],
          )
          await store.db.admin(
            `insert into app.log (kind, stream_id, epoch)
             select k.kind, s.id, $1 from app.stream s, (values ('room'), ('inbox'), ('backstage')) k (kind)
             on conflict do nothing`,
            [randomUUID()],
          )
          for (const table of ['host_member', 'host_block'])
            await store.db.admin(
              `insert into app.${table} (host_id, principal_id)
               select $1, id from app.principal where name = 'Somebody'`,
              [host],
            )
          await store.db.admin(
            `insert into app.held (id, stream_id, sender_id, sender_name, sender_role, cmid, text, body_sha, held_at,
               reason)
             select gen_random_uuid(), $1, p.id, p.name, 'viewer', gen_random_uuid(), 'x', '', now(), 'review'
             from app.principal p where p.name = 'Somebody'`,
            [stream],
          )
          const before = await rowsRead(store)
          for (const result of await batch()) valueOf(result)
          const rows = (await rowsRead(store)) - before
          expect(rows).toBeGreaterThan(0)
          expect(rows).toBeLessThan(120)
        } finally {
          await store.close()
        }
      },
    )
  })

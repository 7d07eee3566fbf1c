// The SQL stores as a world for the contracts: the ports over a test database, and time, bans and moderators by
// the superuser's hand.
import { createGates } from '../adapters/pg/gates.ts'
import { createJournal } from '../adapters/pg/journal.ts'
import { createNames } from '../adapters/pg/names.ts'
import { createPeople } from '../adapters/pg/people.ts'
import { createRights } from '../adapters/pg/rights.ts'
import { createStreams } from '../adapters/pg/streams.ts'
import { createModeration } from '../adapters/pg/terms.ts'
import type { Moderation, Names } from '../app/moderation-ports.ts'
import type { World } from './contracts/world.ts'
import type { TestDatabase, TestEngine } from './databases.ts'

export type Store = World & { db: TestDatabase; names: Names; moderation: Moderation }

export async function openStore(engine: TestEngine): Promise<Store> {
  return storeOn(await engine.open())
}

/** Stores on one database that is emptied before each, for those who need a great many: opening the embedded engine
 * costs most of a second of CPU. One at a time; `close` at the end of all. */
export function createStores(engine: TestEngine) {
  let opened: Promise<{ db: TestDatabase; tables: string }> | undefined

  /** What the migrations themselves put into tables stays. */
  async function open() {
    const db = await engine.open()
    const names = await db.admin(
      `select format('app.%I', tablename) as name from pg_tables where schemaname = 'app'`,
    )
    const tables: string[] = []
    for (const { name } of names)
      if ((await db.admin(`select from ${String(name)} limit 1`)).length === 0) tables.push(String(name))
    return { db, tables: tables.join(', ') }
  }

  return {
    async make(): Promise<Store> {
      const { db, tables } = await (opened ??= open())
      await db.admin(`truncate ${tables} restart identity`)
      return { ...storeOn(db), close: () => Promise.resolve() }
    },
    async close() {
      await (await opened)?.db.close()
    },
  }
}

function storeOn(db: TestDatabase): Store {
  const { pool, admin, close } = db
  return {
    db,
    people: createPeople(pool),
    names: createNames(pool),
    moderation: createModeration(pool),
    streams: createStreams(pool),
    journal: createJournal(pool),
    rights: createRights(pool),
    gates: createGates(pool),
    async pass(ms) {
      for (const [table, column] of [
        ['stream', 'ended_at'],
        ['stream', 'started_at'],
        ['stream', 'aired_at'],
        ['message', 'sent_at'],
        ['log', 'last_at'],
        ['entry', 'at'],
        ['stream_ban', 'until'],
        ['stream_timeout', 'until'],
        ['principal', 'created_at'],
        ['held', 'held_at'],
        ['held', 'decided_at'],
        ['removed', 'removed_at'],
        ['revocation', 'at'],
      ])
        await admin(`update app.${table} set ${column} = ${column} - $1 * interval '1 ms'`, [ms])
    },
    async ban(stream, principal, forMs) {
      await admin(
        `insert into app.stream_ban (stream_id, principal_id, until) values ($1, $2, now() + $3 * interval '1 ms')
         on conflict (stream_id, principal_id) do update set until = excluded.until`,
        [stream, principal, forMs],
      )
    },
    async promote(stream, principal) {
      await admin('insert into app.stream_moderator (stream_id, principal_id) values ($1, $2)', [
        stream,
        principal,
      ])
    },
    async terms(host, { ver, terms }) {
      await admin(
        `insert into app.host_terms (host_id, ver, terms) values ($1, $2, $3)
         on conflict (host_id) do update set ver = excluded.ver, terms = excluded.terms`,
        [host, ver, JSON.stringify(terms)],
      )
    },
    async skeleton(principal, skeleton) {
      await admin('update app.principal set skeleton = $2 where id = $1', [principal, skeleton])
    },
    close,
  }
}

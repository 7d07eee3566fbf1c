// What the database refuses by itself, whatever the server's code does: asked in plain SQL, as the server's role.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseFault } from '../adapters/pg/fault.ts'
import { assertRole } from '../adapters/pg/role.ts'
import { asPrincipal, asStranger } from '../adapters/pg/unit.ts'
import { createStage, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`row-level security on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    /** SQLSTATE of a statement of the server's role as somebody; null when it went through. */
    const refusal = (as: string | null, sql: string, values: unknown[] = []) =>
      asPrincipal(store.db.pool, as, 'probe', (query) => query(sql, values)).then(
        () => null,
        (error: unknown) => (error instanceof DatabaseFault ? error.code : String(error)),
      )
    const ids = (as: string | null, sql: string) =>
      asPrincipal(store.db.pool, as, 'probe', (query) => query<{ id: string }>(sql)).then((rows) =>
        rows.map(({ id }) => id).sort(),
      )

    test('P9 the session role is bound by every policy and owns nothing', async () => {
      await assertRole(store.db.pool)
      const [row] = await store.db.admin(`select r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb
        from pg_roles r where r.rolname = 'stagedoor_app'`)
      expect(Object.values(row ?? {})).toEqual([false, false, false, false])
      const { rows } = await store.db.pool.query('select current_user as role')
      expect(rows).toEqual([{ role: 'stagedoor_app' }])
    })

    test.each([
      ['no force', 'alter table app.message no force row level security', 'alter table app.message force row level security', 'app.message'], // prettier-ignore
      ['owner', 'alter table app.pin owner to stagedoor_app', 'alter table app.pin owner to stagedoor_owner', 'owns app.pin'], // prettier-ignore
      ['view', 'create view app.leak as select text from app.message; grant select on app.leak to stagedoor_app', 'drop view app.leak', 'app.leak'], // prettier-ignore
      ['bypass', 'alter role stagedoor_app bypassrls', 'alter role stagedoor_app nobypassrls', 'may bypass'],
    ])('P9 start-up refuses a database where it is not so: %s', async (_, spoil, mend, says) => {
      await store.db.admin(spoil)
      try {
        await expect(assertRole(store.db.pool)).rejects.toThrow(says)
      } finally {
        await store.db.admin(mend)
      }
      await assertRole(store.db.pool)
    })

    test('P9 the role writes no table and reads no secret, whoever it says it is', async () => {
      const { host } = await createStage(store)
      const tables = (
        await store.db.admin(
          `select relname from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'`,
        )
      ).map(({ relname }) => String(relname))
      expect(tables.length).toBeGreaterThanOrEqual(14)
      for (const table of tables)
        for (const statement of [
          `delete from app.${table}`,
          `truncate app.${table}`,
          `insert into app.${table} default values`,
        ])
          expect([statement, await refusal(host, statement)]).toEqual([statement, '42501'])
      for (const statement of [
        ...['account', 'session', 'login_link', 'invite', 'stream_ban', 'stream_moderator', 'revocation'].map(
          (table) => `select from app.${table}`,
        ),
        'select cmid from app.message',
        'select body_sha from app.message',
        'select * from app.message',
        `update app.message set text = 'x'`,
        'update app.log set last_seq = 0',
        'update app.pin set message_id = null',
        'select created_at from app.principal',
        'create table app.mine (i int)',
        'alter table app.message disable row level security',
      ])
        expect([statement, await refusal(host, statement)]).toEqual([statement, '42501'])
    })

    test('P9 functions belong to the owner, are pinned to no search path and are nobody’s by default', async () => {
      const functions = await store.db.admin(`
        select p.oid::regprocedure::text as name, r.rolname as owner, p.prosecdef as definer,
          coalesce(array_to_string(p.proconfig, ','), '') as settings,
          exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0) as open
        from pg_proc p join pg_roles r on r.oid = p.proowner where p.pronamespace = 'app'::regnamespace`)
      expect(functions.length).toBeGreaterThan(30)
      for (const each of functions) {
        expect(each).toMatchObject({ owner: 'stagedoor_owner', open: false })
        expect(each.settings).toContain('search_path=""')
      }
    })

    test('P1 P2 P7 what plain SQL shows is what the promise says, for random people and messages', async () => {
      const { admin } = store.db
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              who: fc.constantFrom('ada', 'bob', 'mod', 'host', 'carol'),
              to: fc.constantFrom('room', 'self', 'ada', 'bob'),
              there: fc.boolean(),
            }),
            { minLength: 4, maxLength: 20 },
          ),
          fc.constantFrom('ada', 'bob', 'mod', null),
          async (plan, banned) => {
            const stage = await createStage(store)
            const { host, carol, ada, bob, mod, stream, other } = stage
            for (const { who, to, there } of plan) {
              const viewer = to === 'room' ? null : to === 'self' ? stage[who] : stage[to]
              await stage.send(stage.draft(stage[who], 'x', { viewer, stream: there ? other : stream }))
            }
            if (banned !== null) await store.ban(stream, stage[banned], null)
            const mine = `stream_id in ('${stream}', '${other}')`
            const all = (await admin(`select id, stream_id, viewer_id from app.message where ${mine}`)) as {
              id: string
              stream_id: string
              viewer_id: string | null
            }[]
            const hosts: Record<string, string> = { [stream]: host, [other]: carol }
            for (const as of [host, carol, ada, bob, mod, null, randomUUID()]) {
              const may = all.filter(({ stream_id, viewer_id }) => {
                if (hosts[stream_id] === as) return true
                if (banned !== null && stage[banned] === as && stream_id === stream) return false
                return viewer_id === null || viewer_id === as
              })
              const expected = may.map(({ id }) => id).sort()
              expect(await ids(as, `select id from app.message where ${mine}`)).toEqual(expected)
              const pointed = `select distinct e.message_id as id from app.entry e join app.log l on l.id = e.log_id where l.${mine}`
              expect(await ids(as, pointed)).toEqual(expected)
            }
          },
        ),
        { numRuns: 12, seed: 3 },
      )
    })

    test('P1 counters and names of others are not there to be seen', async () => {
      const { say, ada, bob, mod, host, stream } = await createStage(store)
      await say(ada, 'secret', { viewer: ada })
      const logs = `select kind as id from app.log where stream_id = '${stream}'`
      expect(await ids(bob, logs)).toEqual(['room'])
      expect(await ids(mod, logs)).toEqual(['backstage', 'room'])
      expect(await ids(ada, logs)).toEqual(['room', 'thread'])
      expect(await ids(host, logs)).toEqual(['backstage', 'inbox', 'room', 'thread'])
      const names = `select id from app.principal where id in ('${ada}', '${bob}', '${host}')`
      expect(await ids(mod, names)).toEqual([host])
      expect(await ids(host, names)).toEqual([ada, host].sort())
      expect(await ids(null, names)).toEqual([host])
    })

    test('P9 an identity ends with its transaction, also when that fails', async () => {
      const { ada } = await createStage(store)
      const left = async () =>
        (await asStranger<{ pid: string | null }>(store.db.pool, 'probe', 'select app.pid() as pid'))[0]?.pid
      for (let n = 0; n < 12; n++) {
        await asPrincipal(store.db.pool, ada, 'probe', (query) => query('select 1'))
        expect(await left()).toBeNull()
        expect(await refusal(ada, 'select 1/0')).toBe('22012')
        expect(await left()).toBeNull()
      }
    })

    test('P4 even the owner of the tables cannot pin what is not public', async () => {
      const { say, ada, carol, stream, other } = await createStage(store)
      const secret = (await say(ada, 'x', { viewer: ada })).id
      const foreign = (await say(carol, 'x', { stream: other })).id
      for (const id of [secret, foreign])
        await expect(
          store.db.admin('insert into app.pin (stream_id, message_id) values ($1, $2)', [stream, id]),
        ).rejects.toMatchObject({ code: '23503' })
    })

    test('O5 a failing statement does not repeat the text it failed on', async () => {
      const { say, draft, ada, journal } = await createStage(store).then((stage) => ({
        ...stage,
        journal: store.journal,
      }))
      const taken = (await say(ada, 'first')).id!
      const failed = await journal
        .append([draft(ada, 'canary-7f3a', { id: taken })])
        .catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(DatabaseFault)
      const { cause } = failed as DatabaseFault
      const written = [failed, cause].map((error) => JSON.stringify(error, Object.getOwnPropertyNames(error)))
      expect(written.join()).toContain('23505')
      expect(written.join()).not.toContain('canary-7f3a')
    })

    test('L6 the text of a deleted message is in no row', async () => {
      const { say, ada, stream } = await createStage(store)
      const target = (await say(ada, 'gone for good')).id!
      valueOf(await store.journal.act(ada, stream, { type: 'delete', target }))
      expect(await store.db.admin('select text from app.message where id = $1', [target])).toEqual([
        { text: null },
      ])
    })
  })

// The end of a stream, and of a person, over HTTP.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonCard } from '../../shared/api/chat.ts'
import { codeOf, everything, textsOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openReading } from './reading-world.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`erasing on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    /** Every row of every table that holds this text somewhere. */
    async function rowsWith(text: string): Promise<string[]> {
      const tables = await store.db.admin(
        `select relname from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' order by 1`,
      )
      const found = await Promise.all(
        tables.map(async ({ relname }) => {
          const table = String(relname)
          const rows = await store.db.admin(
            `select to_jsonb(t)::text as row from app.${table} t where strpos(to_jsonb(t)::text, $1) > 0`,
            [text],
          )
          return rows.map(({ row }) => `${table}: ${String(row)}`)
        }),
      )
      return found.flat()
    }

    test('P32 an erased stream leaves nothing behind, and its address is a random one', async () => {
      const { say, as, at, ada, bob, mod, host, other, act, rules, stream, slug, world } =
        await openReading(store)
      const first = (await say(ada, 'public')).id!
      await say(bob, 'an answer', { replyTo: first })
      await say(ada, 'secret', { viewer: ada })
      const kept = (await say(ada, 'elsewhere', { stream: other })).id!
      await act(mod, { type: 'pin', target: first })
      await act(bob, { type: 'report', target: first, reason: 'spam' })
      await act(mod, { type: 'note', target: bob, text: 'noted' })
      await act(mod, { type: 'timeout', target: bob, seconds: 60 })
      await act(host, { type: 'ban', target: bob, seconds: null })
      await store.journal.tally([{ stream, second: 1, emoji: '🔥', count: 2 }])
      const gone = (await say(ada, 'removed')).id!
      await act(mod, { type: 'delete', target: gone })
      await rules({ review: true })
      await say(ada, 'held', { replyTo: first })
      await act(null, { type: 'state', state: 'live' })
      const hosts = await as(host)
      expect(await hosts.ask('DELETE', at, {})).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
      await act(host, { type: 'state', state: 'ended' })

      expect(await hosts.ask('DELETE', at, {})).toMatchObject({ status: 200, body: {} })
      expect((await rowsWith(stream)).filter((row) => !row.startsWith('revocation:'))).toEqual([])
      expect((await store.db.admin('select id from app.message where id = $1', [kept])).length).toBe(1)
      for (const path of ['', '/messages', '/search?q=x', '/replay', '/team', '/export/private'])
        expect([path, (await hosts.get(at + path)).status]).toEqual([path, 404])
      expect(await hosts.ask('DELETE', at, {})).toMatchObject({ status: 404 })
      expect((await hosts.post(`${at}/pass`)).status).toBe(404)
      expect(world.studio.ended).toContain(stream)
      // The address is free again.
      expect((await hosts.post('/api/streams', { title: 'Again', slug })).status).toBe(201)
      expect(world.faults).toEqual([])
    })

    test('P32 a long stream is erased in steps', async () => {
      const { as, at, ada, host, stream } = await openReading(store)
      await store.db.admin(
        `with m as (insert into app.message (id, stream_id, sender_id, sender_name, sender_role, cmid, text, body_sha,
            sent_at, seq)
           select gen_random_uuid(), $1, $2, 'x', 'viewer', gen_random_uuid(), 'x', 'x', now(), g
           from generate_series(1, 9000) g returning id, seq),
         l as (update app.log set last_seq = 9000 where stream_id = $1 and kind = 'room' returning id)
         insert into app.entry (log_id, seq, kind, message_id, at) select l.id, m.seq, 'said', m.id, now() from l, m`,
        [stream, ada],
      )
      expect((await (await as(host)).ask('DELETE', at, {})).status).toBe(200)
      expect((await rowsWith(stream)).filter((row) => !row.startsWith('revocation:'))).toEqual([])
    })

    test('P32 sends that race with the end of their stream are refused, and the others of their batch are not', async () => {
      const { as, at, draft, send, ada, bob, host, other, stream } = await openReading(store)
      const hosts = await as(host)
      const rounds = Array.from({ length: 12 }, () =>
        send(draft(ada, 'x', { viewer: ada }), draft(bob, 'x'), draft(ada, 'x', { stream: other })),
      )
      const [erased, ...answers] = await Promise.all([hosts.ask('DELETE', at, {}), ...rounds])
      expect(erased.status).toBe(200)
      for (const [whispered, said, elsewhere] of answers) {
        expect(['ok', 'not_found', 'stream_ended']).toContain(codeOf(whispered))
        expect(['ok', 'not_found', 'stream_ended']).toContain(codeOf(said))
        expect(codeOf(elsewhere)).toBe('ok')
      }
      expect((await rowsWith(stream)).filter((row) => !row.startsWith('revocation:'))).toEqual([])
    })

    test('P32 a person who leaves takes words and name along; others keep their logs without a hole', async () => {
      const {
        as,
        get,
        at,
        ada,
        mod,
        host,
        bob,
        act,
        rules,
        stream,
        other,
        store: its,
        ...more
      } = await openReading(store)
      const { say, room, inbox, thread, world } = more
      const [name, canary] = [`Name ${randomUUID()}`, `canary ${randomUUID()}`]
      await its.people.update(ada, { name })
      const first = (await say(ada, `${canary} public`)).id!
      await say(bob, 'an answer', { replyTo: first })
      await say(ada, `${canary} private`, { viewer: ada })
      await say(host, 'of the host', { viewer: ada })
      await say(ada, `${canary} elsewhere`, { stream: other })
      await act(mod, { type: 'pin', target: first })
      const gone = (await say(ada, `${canary} removed`)).id!
      await act(mod, { type: 'delete', target: gone })
      await act(ada, { type: 'report', target: (await say(bob, 'x')).id!, reason: 'spam', note: canary })
      await act(mod, { type: 'note', target: ada, text: `${canary} note` })
      await act(mod, { type: 'timeout', target: ada, seconds: 10, reason: canary })
      await act(mod, { type: 'lift', target: ada })
      await its.people.update(ada, { name: `${name} 2` })
      await rules({ review: true })
      await say(ada, `${canary} held`)
      const before = await everything(its.journal, null, room)

      const browser = await as(ada)
      const twin = await as(ada)
      const reply = await browser.ask('DELETE', '/api/me', {})
      expect(reply).toMatchObject({ status: 200, body: { principal: null } })
      expect(browser.cookie()).toBeNull()
      expect((await twin.get('/api/me')).body).toMatchObject({ principal: null })
      expect(world.notices).toContainEqual({ type: 'revoked' })

      expect(await rowsWith(canary)).toEqual([])
      expect(await rowsWith(name)).toEqual([])
      for (const reader of [null, bob, mod, host]) {
        const after = await everything(its.journal, reader, room)
        expect(after.map(({ seq }) => seq)).toEqual(after.map((_, n) => n + 1))
        expect(after.length).toBe(before.length + 2) // a tombstone of what was there, and the pin that went
        expect(JSON.stringify(after)).not.toContain(canary)
      }
      expect(await its.journal.pinned(stream)).toBeNull()
      expect(textsOf(await everything(its.journal, host, inbox))).toEqual([null, 'of the host'])
      expect(textsOf(await everything(its.journal, host, thread(ada)))).toContain('of the host')
      const backstage = await everything(its.journal, mod, { kind: 'backstage', stream })
      expect(backstage.at(-1)?.event).toMatchObject({ type: 'settled', verdict: 'rejected' })
      expect((await get<PersonCard>(mod, `${at}/people/${ada}`)).body).toMatchObject({
        person: { name: 'Deleted person', guest: true },
        formerNames: [],
        notes: [],
      })
      // What was on its way when the sockets closed goes too.
      await say(ada, `${canary} late`, { stream: other })
      await world.clock.advance(5_000)
      await expect.poll(async () => (await rowsWith(`${canary} late`)).length).toBe(0)
      expect(world.faults).toEqual([])
    })

    test('P32 an account goes with its address; one that has streams keeps them and is told', async () => {
      const { as, at, carol, host, store: its, world } = await openReading(store)
      const email = `${randomUUID()}@example.org`
      await its.people.update(host, { email, passwordHash: 'hash' })
      const hosts = await as(host)
      expect(await hosts.ask('DELETE', '/api/me', {})).toMatchObject({
        ...{ status: 409, body: { code: 'wrong_state', field: 'streams' } },
      })
      expect((await hosts.get(at)).status).toBe(200)
      expect((await hosts.ask('DELETE', at, {})).status).toBe(200)
      expect((await hosts.ask('DELETE', '/api/me', {})).status).toBe(200)
      expect(await its.people.credentials(email)).toBeNull()
      expect(await its.people.find(host)).toMatchObject({
        name: 'Deleted person',
        canHost: false,
        email: null,
      })
      expect((await (await as(null)).ask('DELETE', '/api/me', {})).status).toBe(401)
      expect((await its.people.find(carol))?.name).toBe('Carol')
      expect(world.faults).toEqual([])
    })
  })

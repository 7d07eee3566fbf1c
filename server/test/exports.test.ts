// Downloads over HTTP: a person's own data, and the host's files of a stream.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GateChange } from '../app/ports.ts'
import { valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { linesOf, openReading } from './reading-world.ts'
import { openStore, type Store } from './store.ts'

type Lists = 'sent' | 'received' | 'notices' | 'held' | 'reports' | 'entered'
type Mine = Record<Lists, Record<string, unknown>[]> & {
  profile: Record<string, unknown>
}

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`downloads on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    test('P30 a person takes the own data along, also from where it is banned, and nobody else’s', async () => {
      const { say, as, ada, bob, carol, host, other, act, rules, stream } = await openReading(store)
      await say(ada, 'mine in public')
      await say(ada, 'mine in private', { viewer: ada })
      await say(host, 'to Ada', { viewer: ada })
      await say(ada, 'mine elsewhere', { stream: other })
      await say(carol, 'to Ada elsewhere', { stream: other, viewer: ada })
      const his = (await say(bob, 'of Bob')).id!
      await say(bob, 'of Bob in private', { viewer: bob })
      await say(host, 'to Bob', { viewer: bob })
      await act(ada, { type: 'report', target: his, reason: 'spam', note: 'look here' })
      await rules({ review: true })
      await say(ada, 'mine held')
      await store.people.update(ada, { name: 'Ada Lovelace' })
      await act(host, { type: 'ban', target: ada, seconds: null, reason: 'because' })
      const reply = await (await as(ada)).get('/api/me/export')
      expect(reply.status).toBe(200)
      expect(reply.headers.get('content-disposition')).toBe('attachment; filename="my-data.json"')
      const mine = reply.body as Mine
      expect(mine.profile).toMatchObject({
        ...{ id: ada, name: 'Ada Lovelace', kind: 'guest', formerNames: [{ name: 'Ada' }] },
        bans: [{ stream: `s-${stream}`, until: null, reason: 'because' }],
      })
      const texts = (list: Record<string, unknown>[]) => list.map(({ text }) => text).sort()
      expect(texts(mine.sent)).toEqual(['mine elsewhere', 'mine in private', 'mine in public'])
      expect(texts(mine.received)).toEqual(['to Ada', 'to Ada elsewhere'])
      expect(mine.held).toMatchObject([{ text: 'mine held', verdict: 'open' }])
      expect(mine.reports).toMatchObject([{ message: his, reason: 'spam', note: 'look here' }])
      expect(mine.notices.map(({ notice }) => (notice as { is: string }).is)).toEqual(['held', 'banned'])
      expect(JSON.stringify(mine)).not.toContain('Bob')
      // What viewers wrote to a host is the stream's, and needs a login that is fresh.
      expect(((await (await as(host)).get('/api/me/export')).body as Mine).received).toEqual([])
      expect((await (await as(null)).get('/api/me/export')).status).toBe(401)
    })

    test('P45 P30 own data says which streams one entered, as long as it counts, and goes with the person', async () => {
      const { as, ada, bob, host, stream, other, carol } = await openReading(store)
      const entered = async (who: string) =>
        ((await (await as(who)).get('/api/me/export')).body as Mine).entered
      const setGate = async (by: string, where: string, gate: GateChange) =>
        valueOf(await store.streams.edit(by, where, { gate })).gateRev
      const rev = await setGate(host, stream, { kind: 'passphrase', hash: 'hash', reset: false })
      const otherRev = await setGate(carol, other, { kind: 'invite', hash: null, reset: false })
      expect(await entered(ada)).toEqual([])
      for (const who of [ada, bob]) expect(await store.gates.admit(who, stream, rev)).toBe(true)
      expect(await store.gates.admit(ada, other, otherRev)).toBe(true)
      // Also when somebody is banned from there since.
      await store.ban(stream, ada, null)
      const here = { stream: `s-${stream}`, gate: 'passphrase' }
      const there = { stream: `s-${other}`, gate: 'invite' }
      expect(new Set(await entered(ada))).toEqual(new Set([here, there]))
      expect(await entered(bob)).toEqual([here])

      await setGate(carol, other, { kind: 'invite', hash: null, reset: true })
      expect(await entered(ada)).toEqual([here])
      const rows = () =>
        store.db.admin('select principal_id from app.stream_admission where stream_id = $1', [stream])
      expect((await (await as(ada)).ask('DELETE', '/api/me', {})).status).toBe(200)
      expect(await rows()).toEqual([{ principal_id: bob }])
    })

    test('P45 more streams entered than a page holds come whole and once', async () => {
      const { as, ada, host } = await openReading(store)
      await store.db.admin(
        `with s as (insert into app.stream (id, slug, title, description, host_id, gate)
           select i, 's-' || i, 'x', '', $2, 'invite' from (select gen_random_uuid() as i from generate_series(1, 1100)) g
           returning id, gate_rev)
         insert into app.stream_admission (stream_id, principal_id, gate_rev) select s.id, $1, s.gate_rev from s`,
        [ada, host],
      )
      const { entered } = (await (await as(ada)).get('/api/me/export')).body as Mine
      expect([new Set(entered.map(({ stream }) => stream)).size, entered.length]).toEqual([1100, 1100])
    })

    test('P30 own data longer than a page comes whole and once', async () => {
      const { as, ada, stream, world, host, say } = await openReading(store)
      await say(host, 'first', { viewer: ada })
      await store.db.admin(
        `with m as (insert into app.message (id, stream_id, viewer_id, sender_id, sender_name, sender_role, cmid, text,
            body_sha, sent_at, seq, inbox_seq)
           select gen_random_uuid(), $1, $2::uuid, case when g % 2 = 0 then $2::uuid else $3 end, 'x', 'viewer',
             gen_random_uuid(), 'n' || g, 'x', now(), g + 1, g + 1 from generate_series(1, 2400) g returning id, seq),
         l as (select id from app.log where stream_id = $1 and kind = 'thread')
         insert into app.entry (log_id, seq, kind, message_id, at) select l.id, m.seq, 'whispered', m.id, now() from l, m`,
        [stream, ada, host],
      )
      const mine = (await (await as(ada)).get('/api/me/export')).body as Mine
      expect([new Set(mine.sent.map(({ id }) => id)).size, mine.sent.length]).toEqual([1200, 1200])
      expect([new Set(mine.received.map(({ id }) => id)).size, mine.received.length]).toEqual([1201, 1201])
      expect(world.faults).toEqual([])
    })

    test('P30 the host exports public, private and audit apart, and nobody else does (attack 38)', async () => {
      const { say, as, at, ada, bob, carol, mod, host, act, slug } = await openReading(store)
      await say(ada, 'public')
      await say(ada, 'secret', { viewer: ada })
      await say(host, 'answer', { viewer: ada })
      const target = (await say(bob, '=cmd|bad')).id!
      await act(mod, { type: 'delete', target })
      await act(mod, { type: 'ban', target: bob, seconds: null, reason: '+spam, "again"' })
      const hosts = await as(host)
      const file = async (kind: string) => {
        const reply = await hosts.get(`${at}/export/${kind}`)
        expect([kind, reply.status]).toEqual([kind, 200])
        expect(reply.headers.get('content-disposition')).toContain(`${slug}-${kind}.ndjson`)
        const lines = linesOf(reply.body)
        expect(lines.at(-1)).toEqual({ end: true, entries: lines.length - 2 })
        expect(lines[0]).toMatchObject({ export: kind, stream: { slug }, seq: lines.length - 2 })
        return JSON.stringify(lines)
      }
      const [open, secret, audit] = [await file('public'), await file('private'), await file('audit')]
      expect(open).toContain('"public"')
      for (const never of ['secret', 'answer', '=cmd|bad']) expect(open).not.toContain(`"${never}"`)
      for (const text of ['secret', 'answer']) expect(secret).toContain(`"text":"${text}"`)
      expect(secret).not.toContain('"text":"public"')
      for (const text of ['=cmd|bad', '+spam']) expect(audit).toContain(text)
      for (const never of ['secret', 'answer']) expect(audit).not.toContain(never)

      const csv = await hosts.get(`${at}/export/audit?format=csv`)
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      const [head, ...rows] = String(csv.body).trimEnd().split('\r\n')
      expect(head).toContain('"seq","at","what","by_id","by"')
      expect(rows[0]).toContain(`"'=cmd|bad"`)
      expect(rows[1]).toContain(`"'+spam, ""again"""`)
      expect((await hosts.get(`${at}/export/audit?format=xls`)).status).toBe(400)

      for (const other of [ada, bob, carol, mod])
        for (const kind of ['public', 'private', 'audit', 'audit?format=csv'])
          expect((await (await as(other)).get(`${at}/export/${kind}`)).status).toBe(404)
    })

    test('P30 an export needs a login of the last fifteen minutes', async () => {
      const { as, at, host, mod } = await openReading(store)
      const [hosts, mods] = [await as(host), await as(mod)]
      await store.db.admin(`update app.session set created_at = created_at - interval '14 minutes'`)
      expect((await hosts.get(`${at}/export/public`)).status).toBe(200)
      await store.db.admin(`update app.session set created_at = created_at - interval '1 minute'`)
      for (const kind of ['public', 'private', 'audit'])
        expect(await hosts.get(`${at}/export/${kind}`)).toMatchObject({
          status: 401,
          body: { code: 'recent_login' },
        })
      // Whose it is comes first: nobody learns from the age of a login that there is a stream.
      expect((await mods.get(`${at}/export/public`)).status).toBe(404)
    })

    test('P30 an export that the log leaves in the middle never looks whole', async () => {
      const { as, at, host, stream, say, ada } = await openReading(store)
      await say(ada, 'x')
      await store.db.admin(
        `update app.log set last_seq = last_seq + 600 where stream_id = $1 and kind = 'room'`,
        [stream],
      )
      const hosts = await as(host)
      await expect(hosts.get(`${at}/export/public`)).rejects.toThrow('went away')
    })
  })

// History, search and replay over HTTP, on the engines that run here.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { History, Hits, Replay } from '../../shared/api/chat.ts'
import { textsOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openReading } from './reading-world.ts'
import { openStore, type Store } from './store.ts'

const found = ({ hits }: Hits) => hits.map(({ message, state }) => `${state}: ${message.text}`)

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`reading over HTTP on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    test('P27 history is the room, a page at a time, for strangers too; a banned person reads nothing', async () => {
      const { say, get, at, ada, bob, mod, host, stream, act, as } = await openReading(store)
      for (let n = 1; n <= 7; n++) await say(ada, `${n}`)
      await say(ada, 'secret', { viewer: ada })
      const target = (await say(bob, 'gone')).id!
      await act(mod, { type: 'delete', target })
      const first = (await get<History>(null, `${at}/messages?limit=4`)).body
      expect(textsOf(first.entries)).toEqual(['6', '7', null])
      expect([first.seq, first.before]).toEqual([9, 6])
      const second = (await get<History>(null, `${at}/messages?limit=4&before=${first.before}`)).body
      expect([textsOf(second.entries), second.before]).toEqual([['2', '3', '4', '5'], 2])
      const last = (await get<History>(null, `${at}/messages?limit=4&before=2`)).body
      expect([textsOf(last.entries), last.before]).toEqual([['1'], null])
      for (const reader of [ada, bob, mod, host])
        expect((await get<History>(reader, `${at}/messages?limit=4`)).body).toEqual(first)
      expect(textsOf((await get<History>(host, `${at}/messages`)).body.entries)).not.toContain('secret')
      expect((await (await as(null)).get(`${at}/messages`)).headers.get('cache-control')).toBe('no-store')
      await store.ban(stream, bob, null)
      expect(await get(bob, `${at}/messages`)).toMatchObject({ status: 403, body: { code: 'banned' } })
    })

    test('P27 where viewers see the room later, their history ends there and that of host and moderators does not', async () => {
      const { say, get, at, ada, mod, host, rules } = await openReading(store)
      await say(ada, 'before')
      await store.pass(60_000)
      await rules({ delaySeconds: 6 })
      await say(ada, 'now')
      const texts = async (id: string | null, query = '') =>
        textsOf((await get<History>(id, `${at}/messages${query}`)).body.entries)
      for (const reader of [null, ada]) expect(await texts(reader)).toEqual(['before'])
      for (const reader of [host, mod]) expect(await texts(reader)).toEqual(['before', 'now'])
      // A position beyond the end is no way past it.
      expect(await texts(null, '?before=1000')).toEqual(['before'])
      expect((await get<History>(null, `${at}/messages`)).body.seq).toBe(1)
      const hits = async (id: string) => found((await get<Hits>(id, `${at}/search?q=now`)).body)
      expect(await hits(mod)).toEqual(['visible: now'])
      expect(await hits(ada)).toEqual(['visible: now']) // her own words are no secret to her
      await store.pass(6_000)
      expect(await texts(null)).toEqual(['before', 'now'])
    })

    test('P28 everybody finds what is theirs to read, and nothing else (attack 38)', async () => {
      const { say, get, at, ada, bob, carol, mod, host, act, rules, stream } = await openReading(store)
      await say(ada, 'canary public')
      await say(ada, 'canary to the host', { viewer: ada })
      await say(host, 'canary to Ada', { viewer: ada })
      await say(bob, 'canary of Bob', { viewer: bob })
      const target = (await say(bob, 'canary removed')).id!
      await act(mod, { type: 'delete', target })
      const mine = (await say(ada, 'canary taken back', { viewer: ada })).id!
      await act(ada, { type: 'delete', target: mine })
      await rules({ review: true })
      await say(bob, 'canary held')
      const rejected = (await say(ada, 'canary rejected')).id!
      await act(mod, { type: 'reject', target: rejected })
      const search = async (id: string) =>
        found((await get<Hits>(id, `${at}/search?q=${encodeURIComponent('CANARY')}`)).body).sort()
      const [pub, held, gone] = ['visible: canary public', 'held: canary held', 'rejected: canary rejected']
      const [toHost, toAda, ofBob] = ['to the host', 'to Ada', 'of Bob'].map((x) => `visible: canary ${x}`)
      expect(await search(carol)).toEqual([pub])
      expect(await search(ada)).toEqual([pub, toAda, toHost])
      expect(await search(bob)).toEqual([ofBob, pub])
      expect(await search(mod)).toEqual(['deleted: canary removed', held, gone, pub].sort())
      expect(await search(host)).toEqual(
        ['deleted: canary removed', held, gone, pub, toAda, toHost, ofBob].sort(),
      )
      await store.ban(stream, ada, null)
      expect(await get(ada, `${at}/search?q=canary`)).toMatchObject({ status: 403, body: { code: 'banned' } })
      expect(await get(null, `${at}/search?q=canary`)).toMatchObject({
        status: 401,
        body: { code: 'sign_in' },
      })
    })

    test('P28 a hit says where it is, and the next page begins behind the last one', async () => {
      const { say, draft, get, at, ada, bob, host, mod, rules } = await openReading(store)
      // In one commit: all of them in one millisecond, or nearly.
      await store.journal.append(Array.from({ length: 55 }, (_, n) => draft(ada, `word ${n + 1}`)))
      await say(bob, 'word apart', { viewer: bob })
      await rules({ review: true })
      await say(bob, 'word held')
      const first = (await get<Hits>(host, `${at}/search?q=word`)).body
      expect(first.hits).toHaveLength(50)
      expect(first.hits[0]).toMatchObject({ log: 'backstage', state: 'held', seq: 2 })
      expect(first.hits[1]).toMatchObject({ log: 'thread', seq: 1, viewer: { id: bob, name: 'Bob' } })
      expect(first.hits[2]).toMatchObject({ log: 'room', seq: 55, message: { text: 'word 55' } })
      const rest = (await get<Hits>(host, `${at}/search?q=word&before=${first.before}`)).body
      const all = [...first.hits, ...rest.hits]
      expect(all.map(({ message }) => message.text)).toEqual([
        'word held',
        'word apart',
        ...Array.from({ length: 55 }, (_, n) => `word ${55 - n}`),
      ])
      expect(rest.before).toBeNull()
      expect((await get<Hits>(mod, `${at}/search?q=apart`)).body.hits).toEqual([])
    })

    test('P28 whatever is asked ends soon and says what is wrong (attacks 48, 49)', async () => {
      const { say, as, at, ada, world } = await openReading(store)
      await say(ada, `100% o'clock \\ "quoted" it's`)
      const browser = await as(ada)
      const ask = async (q: string, more = '') => {
        world.clock.step(60_000)
        const { status, body } = await browser.get(`${at}/search?q=${encodeURIComponent(q)}${more}`)
        return { status, ...(body as Partial<Hits> & { code?: string; field?: string }) }
      }
      for (const q of [
        '%',
        '\\',
        '"',
        `'`,
        '&',
        '!',
        '|',
        ':*',
        '()',
        '*',
        `'; drop table app.message; --`,
        '$1',
      ])
        expect(await ask(q)).toMatchObject({ status: 200, hits: [] })
      for (const q of [`o'clock`, '"quoted"', '100%', 'quoted -absent', 'absent or quoted'])
        expect((await ask(q)).hits).toHaveLength(1)
      for (const q of ['x'.repeat(10_240), 'ä'.repeat(201), '\0', 'a\0b', ' ', ''])
        expect(await ask(q)).toMatchObject({ status: 400, code: 'bad_request', field: 'q' })
      expect(await ask('x'.repeat(200))).toMatchObject({ status: 200, hits: [] })
      const id = randomUUID()
      for (const before of [
        '1',
        '-1',
        `1.${id}x`,
        `x.${id}`,
        `1.${id}'`,
        `99999999999999999999.${id}`,
        `1.${id.toUpperCase()}`,
      ])
        expect(await ask('quoted', `&before=${encodeURIComponent(before)}`)).toMatchObject({
          ...{ status: 400, code: 'bad_request', field: 'before' },
        })
      for (const query of [
        'before=0',
        'before=-1',
        'before=NaN',
        'before=9223372036854775808',
        'limit=101',
        'limit=x',
      ])
        expect(await browser.get(`${at}/messages?${query}`)).toMatchObject({ status: 400 })
      for (const query of ['from=-1', 'to=x', 'after=1e3', 'from=5&to=4'])
        expect((await browser.get(`${at}/replay?${query}`)).status).toBeGreaterThanOrEqual(400)
      expect(await browser.get(`${at}/messages?before=999999999999999`)).toMatchObject({ status: 200 })
      expect(world.faults).toEqual([])
    })

    // The embedded one runs a statement to its end: nothing can interrupt it.
    if (engine.name === 'postgres')
      test('P28 a search that takes too long is refused, and the connection goes on', async () => {
        const { get, at, ada, stream, host } = await openReading(store)
        await store.db.admin(
          `insert into app.message (id, stream_id, sender_id, sender_name, sender_role, cmid, text, body_sha, sent_at, seq)
         select gen_random_uuid(), $1, $2, 'x', 'viewer', gen_random_uuid(), repeat('lorem ipsum dolor ' || g, 80), '',
           now(), g from generate_series(1, 60000) g`,
          [stream, host],
        )
        const slow = await get(ada, `${at}/search?q=nowhere`)
        expect(slow).toMatchObject({ status: 503, body: { code: 'overloaded' } })
        expect((await get(ada, `${at}/messages`)).status).toBe(200)
      })

    test('P28 searches are counted for each person alone', async () => {
      const { as, at, ada, bob } = await openReading(store)
      const [hers, his] = [await as(ada), await as(bob)]
      const statuses = []
      for (let n = 0; n < 20; n++) statuses.push((await hers.get(`${at}/search?q=x`)).status)
      expect(statuses.filter((status) => status === 429)).toHaveLength(5)
      expect((await his.get(`${at}/search?q=x`)).status).toBe(200)
    })

    test('P29 a replay is the same for everybody, and holds nothing that is not public now', async () => {
      const { say, get, at, ada, bob, mod, host, act, rules } = await openReading(store)
      expect(await get(null, `${at}/replay`)).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
      await say(ada, 'lobby')
      await say(bob, 'whispered while waiting', { viewer: bob })
      const early = (await say(bob, 'deleted while waiting')).id!
      await act(mod, { type: 'delete', target: early })
      await store.pass(60_000)
      await act(null, { type: 'state', state: 'live' })
      const pinned = (await say(host, 'pinned')).id!
      await act(host, { type: 'pin', target: pinned })
      await say(ada, 'secret', { viewer: ada })
      const gone = (await say(bob, 'deleted')).id!
      await act(mod, { type: 'pin', target: gone })
      await act(mod, { type: 'delete', target: gone })
      await rules({ review: true })
      await say(bob, 'held')
      await say(host, 'end')
      await act(host, { type: 'state', state: 'ended' })
      const replays = []
      for (const reader of [null, ada, bob, mod, host]) {
        const { body } = await get<Replay>(reader, `${at}/replay`)
        replays.push(JSON.stringify(body))
      }
      expect(new Set(replays).size).toBe(1)
      const replay = JSON.parse(replays[0] ?? '') as Replay
      expect(
        replay.entries.map(({ event }) => ('message' in event ? event.message.text : event.type)),
      ).toEqual([
        ...['lobby', 'stream', 'pinned', 'pinned', 'unpinned', 'unpinned', 'ruled', 'end', 'stream'],
      ])
      for (const { offset, at: when } of replay.entries) expect(offset).toBe(when - replay.startedAt)
      expect(replay.entries.map(({ offset }) => offset < 0)).toEqual([true, ...Array<boolean>(8).fill(false)])
      for (const never of ['whispered while waiting', 'deleted while waiting', 'secret', 'deleted', 'held'])
        expect(replays[0]).not.toContain(`"text":"${never}"`)
      const later = (await get<Replay>(null, `${at}/replay?from=3600000`)).body
      expect([later.entries, later.next]).toEqual([[], null])
    })

    test('P29 a part of a replay says what was pinned when it begins, and no deleted word', async () => {
      const { get, at, act, say, host, mod } = await openReading(store)
      await act(null, { type: 'state', state: 'live' })
      const pinned = (await say(host, 'read this')).id!
      await act(host, { type: 'pin', target: pinned })
      await store.pass(60_000)
      await say(host, 'later')
      const part = async (query: string) => (await get<Replay>(null, `${at}/replay?${query}`)).body
      expect((await part('from=30000&pin=1')).pin).toMatchObject({ text: 'read this' })
      expect((await part('from=0&pin=1')).pin).toBeNull()
      expect(await part('from=30000')).not.toHaveProperty('pin')
      await act(mod, { type: 'delete', target: pinned })
      expect((await part('from=30000&pin=1')).pin).toBeNull()
    })

    test('P29 of what was said before the start the newest hundred entries are told, at the beginning alone', async () => {
      const { get, at, stream, act, say, ada, host } = await openReading(store)
      const first = (await say(host, 'welcome')).id!
      await act(host, { type: 'pin', target: first })
      await store.db.admin(
        `with l as (select id, last_seq, last_at from app.log where stream_id = $1 and kind = 'room'),
         e as (insert into app.entry (log_id, seq, kind, data, at)
           select l.id, l.last_seq + g, 'slowed', '{"seconds": 1}', l.last_at from l, generate_series(1, 700) g)
         update app.log x set last_seq = x.last_seq + 700 from l where x.id = l.id`,
        [stream],
      )
      await store.pass(60_000)
      await act(null, { type: 'state', state: 'live' })
      await say(ada, 'after the start')
      const part = async (query: string) => (await get<Replay>(null, `${at}/replay?${query}`)).body
      const whole = await part('from=0&to=60000&pin=1')
      expect(whole.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 102 }, (_, n) => n + 603))
      expect(whole.entries.filter(({ offset }) => offset < 0)).toHaveLength(100)
      expect(whole.pin).toMatchObject({ text: 'welcome' })
      expect((await part('from=1&to=60000')).entries.every(({ offset }) => offset > 0)).toBe(true)
      expect((await part('from=0&after=702')).entries.map(({ seq }) => seq)).toEqual([703, 704])
    })

    test('P29 a long replay comes in pages, and a part of it by its times', async () => {
      const { get, at, stream, act, say, ada, world, as } = await openReading(store)
      await act(null, { type: 'state', state: 'live' })
      await say(ada, 'first')
      await store.db.admin(
        `with l as (select id, last_seq, last_at from app.log where stream_id = $1 and kind = 'room'),
         e as (insert into app.entry (log_id, seq, kind, data, at)
           select l.id, l.last_seq + g, 'unpinned', '{"ver": 1}', l.last_at + g * interval '10 ms'
           from l, generate_series(1, 1200) g)
         update app.log x set last_seq = x.last_seq + 1200 from l where x.id = l.id`,
        [stream],
      )
      const browser = await as(null)
      const seqs: number[] = []
      let after: number | null = 0
      for (let pages = 0; after !== null && pages < 5; pages++) {
        const { body } = await browser.get(`${at}/replay${after ? `?after=${after}` : ''}`)
        const { entries, next } = body as Replay
        expect(entries.length).toBeLessThanOrEqual(500)
        seqs.push(...entries.map(({ seq }) => seq))
        after = next
      }
      expect(seqs).toEqual(Array.from({ length: 1202 }, (_, n) => n + 1))
      const part = (await get<Replay>(null, `${at}/replay?from=2000&to=4000`)).body
      expect(part.entries.length).toBeGreaterThan(190)
      for (const { offset } of part.entries) expect([offset >= 2000, offset <= 4000]).toEqual([true, true])
      expect(world.faults).toEqual([])
    })
  })

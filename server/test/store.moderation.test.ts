// Moderation where only the database can say: many nodes at once, a node of the version before, names and terms.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asPrincipal } from '../adapters/pg/unit.ts'
import type { Act, Change } from '../app/ports.ts'
import { OPEN_RULES, type Result } from '../../shared/protocol/index.ts'
import { codeOf, createBackstage, everything, traits, valueOf } from './contracts/world.ts'
import { engines, postgres } from './databases.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`moderation on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())
    type Row = Record<string, unknown>
    const ask = (as: string | null, sql: string, values: unknown[] = []) =>
      asPrincipal(store.db.pool, as, 'probe', (query) => query<Row>(sql, values))

    /** As a node of the version before sends: one public text. */
    const before = async (stream: string, sender: string, text: string, cmid: string) => {
      const [row] = await ask(null, 'select code, id, seq from app.append($1, $2, $3, $4, $5, $6, $7)', [
        ...[[randomUUID()], [cmid], [stream], [sender], [null], [text], [null]],
      ])
      return row
    }

    test('O9 a node of the version before writes on beside new ones, and shows nobody what is held', async () => {
      const { ada, host, stream, rule, events, room, behind } = await createBackstage(store)
      await store.terms(host, { ver: 7, terms: [{ pattern: 'darn', action: 'refuse' }] })
      expect(await before(stream, ada, 'hello', randomUUID())).toMatchObject({ code: null, seq: 1 })
      await rule({ review: true })
      const cmid = randomUUID()
      for (let again = 0; again < 2; again++)
        expect(await before(stream, ada, 'canary', cmid)).toMatchObject({ code: 'unavailable' })
      expect(JSON.stringify(await events(null, room))).not.toContain('canary')
      const held = (await behind()).flatMap((event) => (event.type === 'held' ? [event.held] : []))
      expect(held).toMatchObject([{ text: 'canary', verdict: 'open' }])
      valueOf(await store.journal.act(host, stream, { type: 'approve', target: held[0]!.id }))
      expect(await before(stream, ada, 'canary', cmid)).toMatchObject({ code: 'dup', id: held[0]!.id })
    })

    test('O9 bans and appointments of a node of the version before are done, once, and written backstage', async () => {
      const { ada, bob, host, stream, deeds } = await createBackstage(store)
      const codes = async (sql: string, target: string) =>
        (await ask(host, sql, [stream, target])).map(({ code }) => code)
      const ban = 'select code from app.act_ban($1, $2, null)'
      const appoint = 'select code from app.act_appoint($1, $2)'
      expect([await codes(ban, ada), await codes(ban, ada), await codes(ban, host)]).toEqual([
        ['done'],
        ['dup'],
        ['not_allowed'],
      ])
      expect([await codes(appoint, bob), await codes(appoint, bob)]).toEqual([['done'], ['dup']])
      expect((await deeds()).map(({ is }) => is)).toEqual(['banned', 'appointed'])
      expect(await store.streams.standing(ada, stream)).toMatchObject({ banned: true, reason: null })
    })

    test('P15 rules that could let everything through are no rules', async () => {
      const { stream } = await createBackstage(store)
      const broken: unknown[] = [
        {},
        { ...OPEN_RULES, who: 'nobody' },
        { ...OPEN_RULES, links: null },
        { ...OPEN_RULES, review: 'true' },
        { ...OPEN_RULES, duplicateSeconds: -1 },
        { ...OPEN_RULES, delaySeconds: 7 },
        Object.fromEntries(Object.entries(OPEN_RULES).filter(([rule]) => rule !== 'minAgeSeconds')),
      ]
      for (const rules of broken)
        await expect(
          store.db.admin('update app.stream set rules = $2 where id = $1', [stream, JSON.stringify(rules)]),
        ).rejects.toMatchObject({ code: '23514' })
    })

    test('P15 terms are the host’s: one version for each change, read by whoever judges a text of its streams', async () => {
      const { host, carol, ada, stream, other } = await createBackstage(store)
      const set = async (as: string | null, terms: unknown) =>
        (await ask(as, 'select code, ver from app.set_terms($1)', [JSON.stringify(terms)]))[0]
      const of = async (where: string) => ask(null, 'select ver, terms from app.terms_of_stream($1)', [where])
      const mine = (as: string) => ask(as, 'select ver, terms from app.my_terms()')
      const terms = [{ pattern: 'darn*', action: 'hold' }]
      expect(await of(stream)).toEqual([{ ver: 0, terms: [] }])
      for (const as of [ada, null]) expect(await set(as, terms)).toEqual({ code: 'not_allowed', ver: null })
      expect(await set(host, terms)).toEqual({ code: null, ver: 1 })
      expect(await set(host, terms)).toEqual({ code: null, ver: 1 })
      expect(await of(stream)).toEqual([{ ver: 1, terms }])
      expect(await mine(host)).toEqual([{ ver: 1, terms }])
      for (const nobodys of [await of(other), await mine(carol)])
        expect(nobodys).toEqual([{ ver: 0, terms: [] }])
      expect(await of(randomUUID())).toEqual([])
      const long = { pattern: 'x'.repeat(65), action: 'hold' }
      const many = Array.from({ length: 501 }, (_, n) => ({ pattern: `t${n}`, action: 'hold' }))
      for (const bad of [{}, 'x', ['x'], [{ pattern: '', action: 'hold' }], [{ pattern: 'x' }], [long], many])
        expect(await set(host, bad)).toEqual({ code: 'bad_request', ver: null })
      expect(await set(host, [])).toEqual({ code: null, ver: 2 })
    })

    test('P15 a name brings its skeleton, and what it was before is kept', async () => {
      const { admin } = store.db
      const id = randomUUID()
      await store.people.createGuest({ id, name: 'One', skeleton: 'one' })
      const known = async () => ({
        skeleton: (await admin('select skeleton from app.principal where id = $1', [id]))[0]?.['skeleton'],
        former: (
          await admin('select name from app.former_name where principal_id = $1 order by until', [id])
        ).map(({ name }) => name),
      })
      expect(await known()).toEqual({ skeleton: 'one', former: [] })
      const account = { id, email: `${id}@example.org`, passwordHash: null, canHost: false, now: Date.now() }
      valueOf(await store.people.createAccount({ ...account, name: 'Two', skeleton: 'two' }))
      expect(await known()).toEqual({ skeleton: 'two', former: ['One'] })
      valueOf(await store.people.update(id, { name: 'Three', skeleton: 'three' }))
      valueOf(await store.people.update(id, { name: 'Three', skeleton: 'three' }))
      valueOf(await store.people.update(id, { passwordHash: 'hash' }))
      expect(await known()).toEqual({ skeleton: 'three', former: ['One', 'Two'] })
      // A node of the version before knows no skeletons: the old one must not stand for the new name.
      await ask(null, 'select app.update_person($1, $2, null, null)', [id, 'Four'])
      expect(await known()).toEqual({ skeleton: null, former: ['One', 'Two', 'Three'] })
    })
  })

describe.skipIf(postgres.skip !== null)('moderation by many nodes on postgres', () => {
  let store: Store
  beforeAll(async () => void (store = await openStore(postgres)))
  afterAll(() => store.close())

  test('P13 L2 held messages, verdicts, wipes, timeouts and whispers at once: dense logs, no deadlock', async () => {
    const stage = await createBackstage(store)
    const { host, mod, ada, bob, draft, say, rule, room, inbox, backstage, thread, stream } = stage
    const results: Promise<Result<Change> | Result<Change>[]>[] = []
    const ids = new Map<string, string>()
    for (let round = 0; round < 10; round++) {
      const act = (by: string, what: Act) => results.push(store.journal.act(by, stream, what))
      await rule({ review: round % 3 !== 2, links: round % 2 === 0 ? 'held' : 'allowed' })
      const open = (await say(host, 'x')).id!
      const drafts = [ada, bob].flatMap((who) => [
        draft(who, 'a', { traits: traits() }),
        draft(who, 'b', { viewer: who }),
        draft(who, 'c', { traits: traits({ link: true }) }),
      ])
      for (const one of drafts) ids.set(one.id, one.text)
      for (const part of [drafts.slice(0, 3), drafts.slice(3)]) results.push(store.journal.append(part))
      for (const { id } of drafts.slice(0, 2)) act(mod, { type: 'approve', target: id })
      act(host, { type: round % 2 === 0 ? 'approve' : 'reject', target: drafts[2]!.id })
      act(mod, { type: 'wipe', target: bob })
      act(mod, { type: 'timeout', target: bob, seconds: 60 + round * 20 })
      act(host, { type: 'lift', target: bob })
      act(mod, { type: 'delete', target: open })
      act(ada, { type: 'report', target: open, reason: 'spam' })
      act(mod, { type: 'note', target: ada, text: 'n' })
      await Promise.all(results)
    }
    const codes = new Set((await Promise.all(results)).flat().map(codeOf))
    const fine = ['ok', 'not_found', 'timed_out', 'wrong_state', 'rules_changed']
    expect([...codes].filter((code) => !fine.includes(code))).toEqual([])
    for (const log of [room, inbox, backstage, thread(ada), thread(bob)]) {
      const entries = await everything(store.journal, host, log)
      expect(entries.length).toBeGreaterThan(10)
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1))
    }
    // One verdict for each, and an approved one is in the room.
    const settled = (await everything(store.journal, host, backstage)).flatMap(({ event }) =>
      event.type === 'settled' ? [event] : [],
    )
    expect(new Set(settled.map(({ target }) => target)).size).toBe(settled.length)
    const placed = (await everything(store.journal, null, room)).flatMap(({ event }) =>
      event.type === 'said' ? [event.message.id] : [],
    )
    for (const { target, verdict } of settled)
      expect([verdict, placed.includes(target)]).toEqual([verdict, verdict === 'approved'])
  })

  test('P13 rules that begin to hold while a message waits for its turn: refused, and held when sent again', async () => {
    const { host, ada, stream, send, draft, room } = await createBackstage(store)
    const strict = JSON.stringify({ ...OPEN_RULES, review: true })
    const waiting = async () => (await store.db.admin('select from pg_locks where not granted')).length
    const once = draft(ada, 'x', { traits: traits() })
    let racing: Promise<Result<Change>[]> | undefined
    await asPrincipal(store.db.pool, host, 'probe', async (query) => {
      await query('select * from app.act_rules($1, $2)', [stream, strict])
      racing = send(once)
      await expect.poll(waiting, { interval: 5, timeout: 1_500 }).toBeGreaterThan(0)
    })
    expect((await racing!).map(codeOf)).toEqual(['rules_changed'])
    expect(valueOf((await send(once))[0])).toMatchObject({ dup: false, held: true, id: once.id })
    expect((await everything(store.journal, null, room)).map(({ event }) => event.type)).toEqual(['ruled'])
  })
})

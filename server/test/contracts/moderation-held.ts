// Contract of held messages: where they are, who sees them, and what becomes of them.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, createBackstage, everything, logsOf, messageIn, traits, valueOf, waitOf } from './world.ts'
import type { MakeWorld, World } from './world.ts'

export function heldContract(make: MakeWorld): void {
  describe('held messages', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    async function reviewed() {
      const stage = await createBackstage(world)
      await stage.rule({ review: true })
      const hold = async (sender: string, text: string, more = {}) => {
        const change = valueOf(
          (await stage.send(stage.draft(sender, text, { traits: traits(), ...more })))[0],
        )
        return { ...change, id: change.id! }
      }
      return { ...stage, hold }
    }

    test('P13 a held message is in no log that viewers read and takes no seq; its author sees it wait', async () => {
      const { journal } = world
      const { ada, bob, mod, host, stream, hold, say, room, thread, inbox, backstage, events, behind } =
        await reviewed()
      const change = await hold(ada, 'canary')
      expect(change).toMatchObject({ dup: false, held: true })
      expect(logsOf(change)).toEqual(['backstage', 'thread'])
      expect(JSON.stringify(change)).not.toContain('canary')
      const [notice] = await everything(journal, ada, thread(ada))
      const message = {
        id: change.id,
        author: { id: ada, name: 'Ada', role: 'viewer' },
        text: 'canary',
        at: change.at,
      }
      expect(notice).toMatchObject({ seq: 1, event: { type: 'notice', notice: { is: 'held', message } } })
      const held = { ...message, reason: 'review', verdict: 'open' }
      expect((await behind()).at(-1)).toEqual({ type: 'held', held })
      expect((await events(mod, backstage)).at(-1)).toEqual({ type: 'held', held })
      for (const reader of [null, ada, bob, mod, host])
        expect(JSON.stringify(await everything(journal, reader, room))).not.toContain('canary')
      for (const reader of [ada, bob, null]) expect(await events(reader, backstage)).toEqual([])
      expect(await events(host, inbox)).toEqual([])
      // The next public message takes the seq that the held one did not.
      const seq = (await journal.latest(null, room, 1)).seq
      expect((await say(host, 'next')).placed[0]?.seq).toBe(seq + 1)
      for (const type of ['pin', 'delete', 'report'] as const) {
        const ask = (by: string, target: string) =>
          journal.act(by, stream, type === 'report' ? { type, target, reason: 'spam' } : { type, target })
        for (const by of type === 'pin' ? [host, mod] : [ada, bob, mod, host])
          expect(await ask(by, change.id)).toEqual(await ask(by, randomUUID()))
      }
      expect(codeOf((await journal.append([replying(ada, stream, change.id)]))[0])).toBe('reply_not_here')
    })

    const replying = (sender: string, stream: string, replyTo: string) => ({
      ...{ id: randomUUID(), cmid: randomUUID(), text: 'reply', viewer: null },
      ...{ sender, stream, replyTo, traits: traits() },
    })

    test('P13 the reason: a term before a link, a link before review; none of it for host and moderators', async () => {
      const { ada, mod, host, rule, tell, say, draft, send, behind } = await createBackstage(world)
      const term = { pattern: 'dar*', action: 'hold' } as const
      await world.terms(host, { ver: 1, terms: [term] })
      await rule({ review: true, links: 'held' })
      await tell(ada, 'darn a.example', { link: true, term, termsVer: 1 })
      await tell(ada, 'a.example', { link: true, termsVer: 1 })
      await tell(ada, 'plain', { termsVer: 1 })
      const held = (await behind()).flatMap((event) => (event.type === 'held' ? [event.held] : []))
      expect(held).toMatchObject([
        { text: 'darn a.example', reason: 'term', matched: 'dar*' },
        { text: 'a.example', reason: 'link' },
        { text: 'plain', reason: 'review' },
      ])
      expect(held.map((each) => 'matched' in each)).toEqual([true, false, false])
      for (const by of [host, mod])
        expect(valueOf(await tell(by, 'darn', { link: true, term, termsVer: 1 })).held).toBeUndefined()
      expect((await say(ada, 'darn', { viewer: ada, traits: traits({ term, link: true }) })).held).toBe(
        undefined,
      )
      await rule({})
      const [both] = await send(draft(ada, 'a.example', { traits: traits({ link: true, termsVer: 1 }) }))
      expect(valueOf(both).held).toBeUndefined()
    })

    test('P13 M3 the same id again: held while it waits and when it was rejected, placed once approved', async () => {
      const { journal } = world
      const { ada, bob, host, draft, send, done, rule, behind, room } = await createBackstage(world)
      await rule({ review: true })
      const [yes, no] = [draft(ada, 'yes', { traits: traits() }), draft(ada, 'no', { traits: traits() })]
      const again = async (which: typeof yes) => (await send({ ...which, id: randomUUID() }))[0]
      const [first] = await send(yes, no)
      expect(valueOf(await again(yes))).toMatchObject({
        dup: true,
        held: true,
        id: yes.id,
        at: valueOf(first).at,
      })
      for (const changed of [{ text: 'other' }, { viewer: ada }]) {
        const [answer] = await send({ ...yes, ...changed, id: randomUUID() })
        expect(codeOf(answer)).toBe('idempotency_mismatch')
      }
      expect((await behind()).filter(({ type }) => type === 'held')).toHaveLength(2)
      await done(host, { type: 'approve', target: yes.id })
      await done(host, { type: 'reject', target: no.id })
      const placed = valueOf(await again(yes))
      const { seq, epoch } = await journal.latest(null, room, 1)
      expect(placed).toMatchObject({ dup: true, id: yes.id, placed: [{ log: room, seq, epoch }] })
      expect(placed.held).toBeUndefined()
      expect(valueOf(await again(no))).toMatchObject({ dup: true, held: true, id: no.id })
      expect(valueOf((await send({ ...yes, sender: bob, id: randomUUID() }))[0]).dup).toBe(false)
      // The rules have changed since: the id is older.
      await rule({ who: 'members' })
      expect(valueOf(await again(no))).toMatchObject({ dup: true, held: true })
    })

    test('P13 the same id twice in one batch is held once', async () => {
      const { ada, draft, send, rule, behind } = await createBackstage(world)
      await rule({ review: true })
      const once = draft(ada, 'once', { traits: traits() })
      const results = await send(once, { ...once, id: randomUUID() })
      expect(results.map(valueOf)).toMatchObject([
        { dup: false, held: true, id: once.id },
        { dup: true, held: true, id: once.id },
      ])
      expect((await behind()).filter(({ type }) => type === 'held')).toHaveLength(1)
    })

    test('P13 approved, it takes the next place in the room under its id, as its author was; everybody hears', async () => {
      const { journal, people, pass } = world
      const { ada, mod, host, hold, say, done, room, backstage, behind, notices, stream } = await reviewed()
      const target = (await say(host, 'question')).id!
      const held = await hold(ada, 'answer', { replyTo: target })
      await pass(60_000)
      valueOf(await people.update(ada, { name: 'Countess' }))
      await world.ban(stream, ada, null)
      const { seq } = await journal.latest(null, room, 1)
      const change = await done(mod, { type: 'approve', target: held.id })
      expect(change).toMatchObject({ dup: false })
      expect(logsOf(change)).toEqual(['backstage', 'room', 'thread'])
      const entry = (await everything(journal, null, room)).at(-1)
      expect(entry?.seq).toBe(seq + 1)
      expect(change.placed.find(({ log }) => log.kind === 'room')?.entry).toEqual(entry)
      const message = messageIn(entry)
      expect(message).toEqual({
        id: held.id,
        author: { id: ada, name: 'Ada', role: 'viewer' },
        text: 'answer',
        at: entry!.at,
        replyTo: { id: target, name: 'Hanna', text: 'question' },
      })
      const events = await behind()
      expect(events.at(-1)).toEqual({
        type: 'settled',
        target: held.id,
        verdict: 'approved',
        by: { id: mod, name: 'Mo' },
      })
      expect(events.find(({ type }) => type === 'held')).toMatchObject({ held: { verdict: 'approved' } })
      await world.ban(stream, ada, -1)
      expect((await notices()).at(-1)).toEqual({ is: 'approved', target: held.id })
      expect((await journal.positions([backstage]))[0]?.seq).toBe(events.length)
      // From here on it is a message like any other.
      valueOf(await journal.act(host, stream, { type: 'pin', target: held.id }))
      expect((await journal.pinned(stream))?.id).toBe(held.id)
    })

    test('P13 rejected, it stays out; its author hears so and nobody else of the room', async () => {
      const { journal } = world
      const { ada, mod, hold, done, room, behind, notices } = await reviewed()
      const before = await journal.latest(null, room, 50)
      const held = await hold(ada, 'canary')
      const change = await done(mod, { type: 'reject', target: held.id })
      expect(logsOf(change)).toEqual(['backstage', 'thread'])
      expect(await journal.latest(null, room, 50)).toEqual(before)
      expect((await behind()).at(-1)).toMatchObject({ type: 'settled', target: held.id, verdict: 'rejected' })
      expect(await notices()).toMatchObject([
        { is: 'held', message: { id: held.id, text: 'canary' } },
        { is: 'rejected', target: held.id },
      ])
    })

    test('P13 who decides: host and moderators of this stream, once', async () => {
      const { ada, bob, carol, mod, host, stream, other, hold, act, code } = await reviewed()
      const [yes, no] = [(await hold(ada, 'yes')).id, (await hold(ada, 'no')).id]
      for (const type of ['approve', 'reject'] as const) {
        for (const by of [ada, bob, carol, null])
          for (const target of [yes, randomUUID()])
            expect(await code(by, { type, target })).toBe('not_allowed')
        expect(await code(mod, { type, target: randomUUID() })).toBe('not_found')
        expect(codeOf(await act(carol, { type, target: yes }, other))).toBe('not_found')
        await world.ban(stream, mod, null)
        expect(await code(mod, { type, target: yes })).toBe('banned')
        await world.ban(stream, mod, -1)
      }
      expect(await code(mod, { type: 'approve', target: yes })).toBe('ok')
      expect(await code(host, { type: 'reject', target: no })).toBe('ok')
      for (const by of [mod, host]) {
        expect(valueOf(await act(by, { type: 'approve', target: yes }))).toMatchObject({
          dup: true,
          placed: [],
        })
        expect(valueOf(await act(by, { type: 'reject', target: no }))).toMatchObject({
          dup: true,
          placed: [],
        })
        expect(await code(by, { type: 'reject', target: yes })).toBe('wrong_state')
        expect(await code(by, { type: 'approve', target: no })).toBe('wrong_state')
      }
    })

    test('P13 moderators who decide at once place it once', async () => {
      const { journal } = world
      const { ada, mod, host, hold, act, room } = await reviewed()
      const { id: target } = await hold(ada, 'once')
      const { seq } = await journal.latest(null, room, 1)
      const results = await Promise.all(
        [host, mod, host, mod, host, mod].map((by) => act(by, { type: 'approve', target })),
      )
      expect(results.map(valueOf).filter(({ dup }) => !dup)).toHaveLength(1)
      expect((await journal.latest(null, room, 1)).seq).toBe(seq + 1)
    })

    test('P13 a reply whose target was deleted meanwhile quotes nothing', async () => {
      const { journal } = world
      const { ada, host, hold, say, done, room } = await reviewed()
      const target = (await say(host, 'canary')).id!
      const held = await hold(ada, 'answer', { replyTo: target })
      await done(host, { type: 'delete', target })
      await done(host, { type: 'approve', target: held.id })
      const message = messageIn((await everything(journal, null, room)).at(-1))
      expect(message).toMatchObject({ text: 'answer' })
      expect(message.replyTo).toBeUndefined()
    })

    test('P13 M8 a held message counts for slow mode, and for words said again', async () => {
      const { ada, host, rule, done, tell } = await createBackstage(world)
      await rule({ review: true, duplicateSeconds: 300 })
      await done(host, { type: 'slow', seconds: 60 })
      const fold = 'f'.repeat(64)
      expect(valueOf(await tell(ada, 'one', { fold })).held).toBe(true)
      const early = await tell(ada, 'two')
      expect(codeOf(early)).toBe('slow_mode')
      expect(waitOf(early)).toBeLessThanOrEqual(60_000)
      await world.pass(60_000)
      expect(codeOf(await tell(ada, 'one', { fold }))).toBe('duplicate')
      expect(valueOf(await tell(ada, 'two')).held).toBe(true)
    })

    test('P13 M8 an approved message is said when it is approved: slow mode and repeats count from there', async () => {
      const { ada, host, rule, done, tell, behind } = await createBackstage(world)
      await rule({ review: true, duplicateSeconds: 300 })
      const fold = 'f'.repeat(64)
      valueOf(await tell(ada, 'one', { fold }))
      await world.pass(400_000)
      const event = (await behind()).at(-1)
      await done(host, { type: 'approve', target: event?.type === 'held' ? event.held.id : '' })
      await done(host, { type: 'slow', seconds: 60 })
      expect(codeOf(await tell(ada, 'two'))).toBe('slow_mode')
      await done(host, { type: 'slow', seconds: 0 })
      expect(codeOf(await tell(ada, 'one', { fold }))).toBe('duplicate')
      expect(codeOf(await tell(ada, 'two'))).toBe('ok')
    })

    test('P13 L2 held and placed ones of one batch leave every log dense', async () => {
      const { journal } = world
      const { ada, bob, host, rule, draft, send, room, thread, inbox, backstage } =
        await createBackstage(world)
      await rule({ links: 'held' })
      const drafts = Array.from({ length: 24 }, (_, n) => {
        const sender = n % 2 === 0 ? ada : bob
        const viewer = n % 5 === 0 ? sender : null
        return draft(sender, String(n), { viewer, traits: traits({ link: n % 3 === 0 }) })
      })
      const results = (await send(...drafts)).map(valueOf)
      const isHeld = (n: number) => n % 3 === 0 && n % 5 !== 0
      expect(results.map(({ held }) => held === true)).toEqual(drafts.map((_, n) => isHeld(n)))
      for (const log of [room, thread(ada), thread(bob), inbox, backstage]) {
        const entries = await everything(journal, host, log)
        expect(entries.length).toBeGreaterThan(0)
        expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
        const places = results.flatMap(({ placed }) =>
          placed.filter((each) => JSON.stringify(each.log) === JSON.stringify(log)),
        )
        for (const { seq } of places) expect(seq).toBeLessThanOrEqual(entries.length)
      }
    })
  })
}

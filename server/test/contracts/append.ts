// Contract of `append`: order, idempotency, and every row judged alone as its own sender.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../../../shared/protocol/index.ts'
import {
  codeOf,
  createStage,
  everything,
  messageIn,
  textsOf,
  valueOf,
  type MakeWorld,
  type World,
} from './world.ts'

export function appendContract(make: MakeWorld): void {
  describe('append', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('L1 a public message lands in the room, a private one in the thread and the inbox', async () => {
      const { journal } = world
      const { say, stream, ada, host, room, inbox, thread } = await createStage(world)
      const open = await say(ada, 'to all')
      const secret = await say(ada, 'to you', { viewer: ada })
      const answer = await say(host, 'from me', { viewer: ada })
      expect(open.placed.map(({ log }) => log)).toEqual([room])
      expect(secret.placed.map(({ log }) => log)).toEqual([thread(ada), inbox])
      expect(answer.placed.map(({ seq }) => seq)).toEqual([2, 2])
      expect(textsOf(await everything(journal, null, room))).toEqual(['to all'])
      expect(textsOf(await everything(journal, host, inbox))).toEqual(['to you', 'from me'])
      const [first] = await everything(journal, host, inbox)
      expect(first?.event).toMatchObject({ type: 'whispered', viewer: { id: ada, name: 'Ada' } })
      expect(messageIn(first).author).toEqual({ id: ada, name: 'Ada', role: 'viewer' })
      expect((await journal.positions([room, thread(ada), inbox])).map(({ seq }) => seq)).toEqual([1, 2, 2])
      expect(stream).toBe(room.stream)
    })

    test('L1 the placed room entry is the entry that is read, and no private one carries its text', async () => {
      const { journal } = world
      const { say, ada, host, mod, room } = await createStage(world)
      const first = await say(host, 'one')
      const second = await say(mod, 'two', { replyTo: first.id ?? '' })
      const secret = await say(ada, 'canary', { viewer: ada })
      expect([...first.placed, ...second.placed].map(({ entry }) => entry)).toEqual(
        await everything(journal, null, room),
      )
      expect(JSON.stringify(secret)).not.toContain('canary')
    })

    test('L2 seq is 1, 2, 3... in each log of a mixed batch, in the order of the drafts', async () => {
      const { journal } = world
      const { send, draft, ada, bob, room, inbox, thread } = await createStage(world)
      const drafts = Array.from({ length: 30 }, (_, n) => {
        const sender = n % 2 === 0 ? ada : bob
        return draft(sender, String(n), n % 3 === 0 ? { viewer: sender } : {})
      })
      for (const result of await send(...drafts)) expect(codeOf(result)).toBe('ok')
      const open = await everything(journal, null, room)
      expect(open.map(({ seq }) => seq)).toEqual(open.map((_, index) => index + 1))
      expect(textsOf(open)).toEqual(drafts.filter(({ viewer }) => !viewer).map(({ text }) => text))
      const mine = await everything(journal, ada, thread(ada))
      expect(mine.map(({ seq }) => seq)).toEqual(mine.map((_, index) => index + 1))
      const page = await journal.latest(drafts[0]!.sender, inbox, 50)
      expect(page.entries).toEqual([])
    })

    test('L3 every reader of a log reads the same entries in the same order, in pages of any size', async () => {
      const { journal } = world
      const { send, draft, ada, bob, host, mod, room } = await createStage(world)
      await send(...Array.from({ length: 40 }, (_, n) => draft(n % 3 === 0 ? ada : bob, String(n))))
      const whole = await everything(journal, null, room)
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(null, ada, bob, host, mod),
          fc.integer({ min: -3, max: 45 }),
          fc.integer({ min: -3, max: 45 }),
          async (reader, from, to) => {
            const page = await journal.read(reader, room, from, to)
            expect(page).toEqual(whole.filter(({ seq }) => seq >= from && seq <= to))
          },
        ),
        { numRuns: 25, seed: 7 },
      )
    })

    test('L4 the logs of a stream have an epoch before anything is written, and keep it', async () => {
      const { journal } = world
      const { say, ada, room, thread, other } = await createStage(world)
      const before = await journal.latest(ada, thread(ada), 50)
      expect(before).toMatchObject({ seq: 0, entries: [] })
      const placed = (await say(ada, 'first', { viewer: ada })).placed[0]
      expect(placed?.epoch).toBe(before.epoch)
      expect((await journal.latest(ada, thread(ada), 50)).epoch).toBe(before.epoch)
      const there = await journal.latest(ada, { kind: 'room', stream: other }, 50)
      expect(there.epoch).not.toBe((await journal.latest(ada, room, 50)).epoch)
    })

    test('L5 at never decreases within a log, even when the clock steps back', async () => {
      const { journal } = world
      const { say, ada, room, inbox, host, thread } = await createStage(world)
      await say(ada, 'before')
      await say(ada, 'before', { viewer: ada })
      await world.pass(-3_600_000)
      await say(ada, 'after')
      await say(ada, 'after', { viewer: ada })
      for (const log of [room, inbox, thread(ada)]) {
        const [one, two] = await everything(journal, host, log)
        expect(two!.at).toBeGreaterThanOrEqual(one!.at)
      }
    })

    test('M3 the same cmid again gives the first result, marked dup, and no second entry', async () => {
      const { journal } = world
      const { send, draft, ada, room, thread } = await createStage(world)
      for (const more of [{}, { viewer: ada }]) {
        const once = draft(ada, 'once', more)
        const first = valueOf((await send(once))[0])
        const again = valueOf((await send({ ...once, id: randomUUID() }))[0])
        expect(again).toMatchObject({ dup: true, id: first.id, at: first.at })
        const where = first.placed.map(({ log, seq, epoch }) => ({ log, seq, epoch }))
        expect(again.placed).toEqual(where)
      }
      expect(await everything(journal, ada, room)).toHaveLength(1)
      expect(await everything(journal, ada, thread(ada))).toHaveLength(1)
    })

    test('M3 the same cmid with another text or log is refused', async () => {
      const { send, draft, ada, other } = await createStage(world)
      const once = draft(ada, 'once')
      await send(once)
      for (const changed of [{ text: 'twice' }, { viewer: ada }, { stream: other }])
        expect(codeOf((await send({ ...once, id: randomUUID(), ...changed }))[0])).toBe(
          'idempotency_mismatch',
        )
    })

    test('M3 the same cmid twice in one batch', async () => {
      const { journal } = world
      const { send, draft, ada, bob, room } = await createStage(world)
      const once = draft(ada, 'once')
      const results = await send(
        once,
        draft(bob, 'between'),
        { ...once, id: randomUUID() },
        { ...once, id: randomUUID(), text: 'other' },
      )
      expect(results.map(codeOf)).toEqual(['ok', 'ok', 'ok', 'idempotency_mismatch'])
      expect(valueOf(results[2])).toMatchObject({ dup: true, id: once.id })
      expect(textsOf(await everything(journal, null, room))).toEqual(['once', 'between'])
    })

    test('M3 another sender may use the same cmid and learns nothing', async () => {
      const { send, draft, ada, bob } = await createStage(world)
      const secret = draft(ada, 'mine', { viewer: ada })
      await send(secret)
      expect(valueOf((await send({ ...draft(bob, 'mine'), cmid: secret.cmid }))[0]).dup).toBe(false)
    })

    test('M5 one bad row in a batch fails alone', async () => {
      const { journal } = world
      const { send, draft, ada, bob, host, mod, room, stream } = await createStage(world)
      await world.ban(stream, mod, null)
      const results = await send(
        draft(ada, 'fine'),
        draft(mod, 'banned'),
        draft(ada, 'nowhere', { stream: randomUUID() }),
        draft(bob, 'not mine', { viewer: ada }),
        draft(host, 'to nobody', { viewer: randomUUID() }),
        draft(ada, 'reply', { replyTo: randomUUID() }),
        draft(ada, ''),
        draft(ada, 'x'.repeat(LIMITS.textBytes + 1)),
        draft(ada, 'a\0b'),
        draft(randomUUID(), 'a ghost'),
        draft(bob, 'fine too'),
      )
      const codes = ['ok', 'banned', 'not_found', 'not_allowed', 'not_found', 'reply_not_here', 'text_empty', 'text_too_long', 'text_forbidden', 'not_allowed', 'ok'] // prettier-ignore
      expect(results.map(codeOf)).toEqual(codes)
      expect((await everything(journal, null, room)).map(({ seq }) => seq)).toEqual([1, 2])
    })

    test('M5 an empty batch is an empty answer', async () => {
      expect(await world.journal.append([])).toEqual([])
    })

    test('M7 a reply quotes a message of the same conversation only', async () => {
      const { journal } = world
      const { say, send, draft, ada, bob, host, carol, other, stream, thread } = await createStage(world)
      const open = (await say(ada, 'open')).id!
      const secret = (await say(ada, 'secret', { viewer: ada })).id!
      const foreign = (await say(carol, 'elsewhere', { stream: other })).id!
      const gone = (await say(bob, 'gone')).id!
      valueOf(await journal.act(bob, stream, { type: 'delete', target: gone }))
      const refused = await send(
        draft(bob, 'x', { replyTo: secret }),
        draft(bob, 'x', { replyTo: foreign }),
        draft(bob, 'x', { replyTo: gone }),
        draft(ada, 'x', { replyTo: open, viewer: ada }),
        draft(host, 'x', { replyTo: secret, viewer: bob }),
      )
      expect(refused.map(codeOf)).toEqual(Array(5).fill('reply_not_here'))
      await say(host, 'yes', { replyTo: secret, viewer: ada })
      const [, answer] = await everything(journal, ada, thread(ada))
      expect(messageIn(answer).replyTo).toEqual({ id: secret, name: 'Ada', text: 'secret' })
    })

    test('M8 slow mode holds viewers to one public message per interval, within a batch too', async () => {
      const { journal, pass } = world
      const { send, draft, ada, bob, host, mod, stream } = await createStage(world)
      valueOf(await journal.act(host, stream, { type: 'slow', seconds: 30 }))
      const results = await send(
        draft(ada, '1'),
        draft(ada, '2'),
        draft(bob, '1'),
        draft(host, '1'),
        draft(host, '2'),
        draft(mod, '1'),
        draft(mod, '2'),
        draft(ada, 'private', { viewer: ada }),
      )
      expect(results.map(codeOf)).toEqual(['ok', 'slow_mode', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'])
      expect(results[1]).toMatchObject({ denial: { retryAfterMs: 30_000 } })
      await pass(20_000)
      const early = (await send(draft(ada, '3')))[0]
      expect(codeOf(early)).toBe('slow_mode')
      const wait = early?.ok === false ? early.denial.retryAfterMs! : 0
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(10_000)
      await pass(wait)
      expect(codeOf((await send(draft(ada, '4')))[0])).toBe('ok')
    })

    test('M9 chat stays open for five minutes after the end, then refuses', async () => {
      const { journal, pass } = world
      const { send, draft, ada, host, stream } = await createStage(world)
      valueOf(await journal.act(null, stream, { type: 'state', state: 'live' }))
      valueOf(await journal.act(null, stream, { type: 'state', state: 'ended' }))
      const said = draft(ada, 'bye')
      expect(codeOf((await send(said))[0])).toBe('ok')
      await pass(LIMITS.goodbyeMs - 5_000)
      expect(codeOf((await send(draft(host, 'bye')))[0])).toBe('ok')
      await pass(10_000)
      const late = await send(
        draft(ada, 'hello?'),
        draft(ada, 'hello?', { viewer: ada }),
        draft(host, 'x'),
        said,
      )
      expect(late.map(codeOf)).toEqual(['stream_ended', 'stream_ended', 'stream_ended', 'ok'])
      valueOf(await journal.act(null, stream, { type: 'state', state: 'live' }))
      expect(codeOf((await send(draft(ada, 'again')))[0])).toBe('ok')
    })

    test('P3 private messages go between a viewer and the host, never elsewhere', async () => {
      const { send, draft, ada, bob, host, mod, carol } = await createStage(world)
      const results = await send(
        draft(ada, 'x', { viewer: bob }),
        draft(mod, 'x', { viewer: ada }),
        draft(carol, 'x', { viewer: ada }),
        draft(ada, 'x', { viewer: host }),
        draft(host, 'x', { viewer: host }),
        draft(mod, 'x', { viewer: mod }),
        draft(host, 'x', { viewer: bob }),
      )
      expect(results.map(codeOf)).toEqual([...Array<string>(5).fill('not_allowed'), 'ok', 'ok'])
    })

    test('P7 a banned person is refused every send, until the ban runs out', async () => {
      const { ban } = world
      const { send, draft, ada, host, stream } = await createStage(world)
      await ban(stream, ada, 60_000)
      const results = await send(draft(ada, 'x'), draft(ada, 'x', { viewer: ada }))
      expect(results.map(codeOf)).toEqual(['banned', 'banned'])
      await ban(stream, ada, -1)
      expect(codeOf((await send(draft(ada, 'x')))[0])).toBe('ok')
      await ban(stream, host, null)
      expect(codeOf((await send(draft(host, 'nobody bans the host')))[0])).toBe('ok')
    })

    test('P10 name and role of an author are those of the moment of sending', async () => {
      const { journal, people, promote } = world
      const { say, ada, stream, room } = await createStage(world)
      await say(ada, 'as a viewer')
      valueOf(await people.update(ada, { name: 'Countess' }))
      await promote(stream, ada)
      await say(ada, 'as a moderator')
      expect((await everything(journal, null, room)).map((entry) => messageIn(entry).author)).toEqual([
        { id: ada, name: 'Ada', role: 'viewer' },
        { id: ada, name: 'Countess', role: 'moderator' },
      ])
    })

    test('L2 any batches of any drafts leave dense logs, and every ok is there once', async () => {
      const { journal } = world
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.array(
              fc.record({
                who: fc.constantFrom('ada', 'bob', 'host', 'mod'),
                to: fc.constantFrom('room', 'ada', 'bob'),
                cmid: fc.integer({ min: 0, max: 5 }),
              }),
              { minLength: 1, maxLength: 12 },
            ),
            { minLength: 1, maxLength: 3 },
          ),
          async (batches) => {
            const stage = await createStage(world)
            const cmids = Array.from({ length: 6 }, () => randomUUID())
            const accepted = new Set<string>()
            for (const batch of batches) {
              const results = await stage.send(
                ...batch.map(({ who, to, cmid }) =>
                  stage.draft(stage[who], to, {
                    cmid: cmids[cmid]!,
                    viewer: to === 'room' ? null : stage[to],
                  }),
                ),
              )
              for (const result of results) if (result.ok) accepted.add(result.value.id!)
            }
            const logs = [stage.room, stage.inbox]
            const seen = (await Promise.all(logs.map((log) => everything(journal, stage.host, log)))).flatMap(
              (entries) => {
                expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
                return entries.map((entry) => messageIn(entry).id)
              },
            )
            expect(seen.sort()).toEqual([...accepted].sort())
          },
        ),
        { numRuns: 15, seed: 11 },
      )
    })
  })
}

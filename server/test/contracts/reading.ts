// Contract of reading: who may read which log, and what a reader gets.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStage, everything, textsOf, type MakeWorld, type World } from './world.ts'

export function readingContract(make: MakeWorld): void {
  describe('reading', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P1 a thread is read by its viewer and the host alone; nobody else learns a count or a seq', async () => {
      const { journal } = world
      const { say, ada, bob, mod, host, carol, thread } = await createStage(world)
      const nothing = await journal.latest(bob, thread(ada), 50)
      await say(ada, 'secret', { viewer: ada })
      await say(host, 'answer', { viewer: ada })
      for (const reader of [ada, host]) {
        expect(textsOf(await everything(journal, reader, thread(ada)))).toEqual(['secret', 'answer'])
        expect((await journal.latest(reader, thread(ada), 50)).seq).toBe(2)
      }
      for (const reader of [bob, mod, carol, null]) {
        expect(await everything(journal, reader, thread(ada))).toEqual([])
        expect(await journal.latest(reader, thread(ada), 50)).toEqual(nothing)
      }
    })

    test('P2 the inbox is read by the host alone', async () => {
      const { journal } = world
      const { say, ada, bob, mod, host, carol, inbox } = await createStage(world)
      const nothing = await journal.latest(ada, inbox, 50)
      await say(ada, 'one', { viewer: ada })
      await say(bob, 'two', { viewer: bob })
      expect(textsOf(await everything(journal, host, inbox))).toEqual(['one', 'two'])
      for (const reader of [ada, bob, mod, carol, null]) {
        expect(await everything(journal, reader, inbox)).toEqual([])
        expect(await journal.latest(reader, inbox, 50)).toEqual(nothing)
      }
    })

    test('P7 a banned person reads nothing of the stream, the own thread included', async () => {
      const { journal, ban } = world
      const { say, ada, host, stream, room, thread } = await createStage(world)
      await say(host, 'open')
      await say(ada, 'secret', { viewer: ada })
      await ban(stream, ada, null)
      await ban(stream, host, null)
      for (const log of [room, thread(ada)]) {
        expect(await everything(journal, ada, log)).toEqual([])
        expect((await journal.latest(ada, log, 50)).seq).toBe(0)
      }
      expect(await everything(journal, host, thread(ada))).toHaveLength(1)
    })

    test('P8 a thread of somebody else, a thread of nobody and an empty one read the same', async () => {
      const { journal } = world
      const { say, ada, bob, thread, inbox } = await createStage(world)
      await say(ada, 'secret', { viewer: ada })
      const answers = await Promise.all(
        [thread(ada), thread(randomUUID()), thread(bob), inbox].map((log) => journal.latest(bob, log, 50)),
      )
      for (const answer of answers) expect(answer).toEqual(answers[0])
    })

    test('C2 latest gives the newest entries and the position they end at', async () => {
      const { journal } = world
      const { send, draft, ada, room } = await createStage(world)
      await send(...Array.from({ length: 60 }, (_, n) => draft(ada, String(n + 1))))
      const page = await journal.latest(null, room, 50)
      expect(page.seq).toBe(60)
      expect(page.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 11))
      expect((await journal.latest(null, room, 100)).entries).toHaveLength(60)
      expect((await journal.latest(null, room, 0)).entries).toEqual([])
    })

    test('C10 positions of many logs in one call, whoever follows them', async () => {
      const { journal } = world
      const { say, ada, bob, room, inbox, thread } = await createStage(world)
      const { epoch } = await journal.latest(null, room, 1)
      await say(ada, 'x')
      await say(ada, 'y', { viewer: ada })
      const found = await journal.positions([room, inbox, thread(ada), thread(bob)])
      expect(found).toHaveLength(4)
      for (const [log, seq] of [
        [room, 1],
        [inbox, 1],
        [thread(ada), 1],
        [thread(bob), 0],
      ] as const)
        expect(found).toContainEqual({ log, epoch, seq })
      expect(await journal.positions([{ kind: 'room', stream: randomUUID() }])).toEqual([])
      expect(await journal.positions([])).toEqual([])
    })

    test('N2 reactions are totals per second and nothing else', async () => {
      const { journal } = world
      const { stream, other } = await createStage(world)
      await journal.tally([
        { stream, second: 100, emoji: '🔥', count: 3 },
        { stream, second: 100, emoji: '🔥', count: 2 },
        { stream, second: 101, emoji: '👏', count: 1 },
        { stream: randomUUID(), second: 100, emoji: '🔥', count: 9 },
      ])
      await journal.tally([{ stream, second: 100, emoji: '🔥', count: 1 }])
      await journal.tally([])
      expect(await journal.reactions(stream)).toEqual({ '🔥': 6, '👏': 1 })
      expect(await journal.reactions(other)).toEqual({})
    })
  })
}

// Contract of `act`: who may, what it leaves in the logs, and that doing it again changes nothing.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Act } from '../../app/ports.ts'
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

export function actsContract(make: MakeWorld): void {
  describe('act', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('L6 a deleted message is a tombstone in history, in quotes and in pins of the past', async () => {
      const { journal } = world
      const { say, ada, bob, host, stream, room } = await createStage(world)
      const target = (await say(ada, 'canary')).id!
      await say(bob, 'answer', { replyTo: target })
      valueOf(await journal.act(host, stream, { type: 'pin', target }))
      valueOf(await journal.act(ada, stream, { type: 'delete', target }))
      for (const reader of [null, ada, bob, host]) {
        const entries = await everything(journal, reader, room)
        expect(JSON.stringify(entries)).not.toContain('canary')
        expect(textsOf(entries)).toEqual([null, 'answer', null])
        expect(messageIn(entries[1]).replyTo).toEqual({ id: target, name: 'Ada', text: null })
        expect(entries.map(({ event }) => event.type)).toEqual([
          'said',
          'said',
          'pinned',
          'deleted',
          'unpinned',
        ])
      }
    })

    test('L6 a private delete writes to the thread and the inbox, with the target alone', async () => {
      const { journal } = world
      const { say, ada, host, stream, inbox, thread } = await createStage(world)
      const target = (await say(ada, 'canary', { viewer: ada })).id!
      const change = valueOf(await journal.act(ada, stream, { type: 'delete', target }))
      expect(change.placed).toMatchObject([
        { log: thread(ada), seq: 2 },
        { log: inbox, seq: 2 },
      ])
      for (const log of [thread(ada), inbox]) {
        const entries = await everything(journal, host, log)
        expect(textsOf(entries)).toEqual([null])
        expect(entries[1]?.event).toEqual({ type: 'deleted', target })
      }
    })

    test('P5 an author deletes its own; host and moderators any public one; the host any in threads', async () => {
      const { journal } = world
      const { say, ada, bob, mod, host, carol, stream } = await createStage(world)
      const fresh = (viewer: string | null) => say(ada, 'x', { viewer }).then(({ id }) => id!)
      const remove = async (by: string | null, target: string) =>
        codeOf(await journal.act(by, stream, { type: 'delete', target }))
      for (const [by, code] of [
        [ada, 'ok'],
        [bob, 'not_allowed'],
        [carol, 'not_allowed'],
        [mod, 'ok'],
        [host, 'ok'],
        [null, 'not_allowed'],
      ] as const)
        expect(await remove(by, await fresh(null))).toBe(code)
      for (const [by, code] of [
        [ada, 'ok'],
        [bob, 'not_found'],
        [carol, 'not_found'],
        [mod, 'not_found'],
        [host, 'ok'],
      ] as const)
        expect(await remove(by, await fresh(ada))).toBe(code)
      const reply = (await say(host, 'to you', { viewer: ada })).id!
      expect(await remove(ada, reply)).toBe('not_allowed')
    })

    test('P8 a message one may not see answers like one that does not exist', async () => {
      const { journal } = world
      const { say, ada, bob, mod, host, carol, other, stream } = await createStage(world)
      const secret = (await say(ada, 'secret', { viewer: ada })).id!
      const elsewhere = (await say(bob, 'secret', { viewer: bob, stream: other })).id!
      for (const target of [secret, elsewhere, randomUUID()]) {
        expect(await journal.act(mod, stream, { type: 'pin', target })).toEqual(
          await journal.act(mod, stream, { type: 'pin', target: randomUUID() }),
        )
        expect(await journal.act(bob, stream, { type: 'delete', target })).toEqual(
          await journal.act(bob, stream, { type: 'delete', target: randomUUID() }),
        )
      }
      expect(codeOf(await journal.act(host, stream, { type: 'delete', target: elsewhere }))).toBe('not_found')
      expect(codeOf(await journal.act(carol, randomUUID(), { type: 'unpin' }))).toBe('not_found')
    })

    test('P4 only host and moderators pin and unpin', async () => {
      const { journal } = world
      const { say, ada, mod, host, carol, stream } = await createStage(world)
      const target = (await say(ada, 'look')).id!
      for (const [by, code] of [
        [ada, 'not_allowed'],
        [carol, 'not_allowed'],
        [null, 'not_allowed'],
        [mod, 'ok'],
        [host, 'ok'],
      ] as const) {
        expect(codeOf(await journal.act(by, stream, { type: 'pin', target }))).toBe(code)
        expect(codeOf(await journal.act(by, stream, { type: 'unpin' }))).toBe(code)
      }
    })

    test('P4 only a public message of this stream that still exists can be pinned', async () => {
      const { journal } = world
      const { say, ada, mod, host, carol, other, stream } = await createStage(world)
      const secret = (await say(ada, 'x', { viewer: ada })).id!
      const foreign = (await say(carol, 'x', { stream: other })).id!
      const gone = (await say(ada, 'x')).id!
      valueOf(await journal.act(ada, stream, { type: 'delete', target: gone }))
      for (const target of [secret, foreign, gone])
        expect(codeOf(await journal.act(host, stream, { type: 'pin', target }))).toBe('pin_not_public')
      expect(await journal.pinned(stream)).toBeNull()
      // P8: what its actor cannot see, and what nobody ever said.
      for (const target of [secret, randomUUID()])
        expect(codeOf(await journal.act(mod, stream, { type: 'pin', target }))).toBe('not_found')
    })

    test('N1 one pin: another replaces it, deleting it clears it in the same transaction', async () => {
      const { journal } = world
      const { say, ada, host, stream, room } = await createStage(world)
      const [one, two] = [(await say(ada, 'one')).id!, (await say(ada, 'two')).id!]
      const pin = async (target: string) => valueOf(await journal.act(host, stream, { type: 'pin', target }))
      expect((await pin(one)).placed).toMatchObject([
        { log: room, seq: 3, entry: { seq: 3, event: { type: 'pinned', ver: 1, message: { text: 'one' } } } },
      ])
      expect(await pin(one)).toMatchObject({ dup: true, placed: [] })
      await pin(two)
      expect(await journal.pinned(stream)).toMatchObject({ id: two, text: 'two' })
      const cleared = valueOf(await journal.act(host, stream, { type: 'delete', target: two }))
      const inRoom = cleared.placed.filter(({ log }) => log.kind === 'room')
      expect(inRoom.map(({ entry }) => entry?.event)).toEqual([
        { type: 'deleted', target: two },
        { type: 'unpinned', ver: 3 },
      ])
      expect(await journal.pinned(stream)).toBeNull()
      expect(valueOf(await journal.act(host, stream, { type: 'unpin' })).dup).toBe(true)
    })

    test('N1 racing pins leave one pin, and as many versions as there were changes', async () => {
      const { journal } = world
      const { say, ada, host, mod, stream, room } = await createStage(world)
      const targets = await Promise.all([1, 2, 3, 4].map((n) => say(ada, String(n)).then(({ id }) => id!)))
      const results = await Promise.all(
        Array.from({ length: 24 }, (_, n) =>
          journal.act(n % 2 === 0 ? host : mod, stream, { type: 'pin', target: targets[n % 4]! }),
        ),
      )
      const changes = results.map(valueOf).filter(({ dup }) => !dup)
      const entries = await everything(journal, null, room)
      const pins = entries.flatMap(({ event }) => (event.type === 'pinned' ? [event] : []))
      expect(pins.map(({ ver }) => ver)).toEqual(changes.map((_, index) => index + 1))
      expect((await journal.pinned(stream))?.id).toBe(pins.at(-1)?.message.id)
    })

    test('P6 the host changes slow mode and nobody else does', async () => {
      const { journal, streams } = world
      const { ada, mod, host, carol, stream, room } = await createStage(world)
      const slow = (by: string | null, seconds: number) => journal.act(by, stream, { type: 'slow', seconds })
      for (const by of [ada, mod, carol, null]) expect(codeOf(await slow(by, 5))).toBe('not_allowed')
      const { placed } = valueOf(await slow(host, 5))
      expect(placed.filter(({ log }) => log.kind === 'room')).toMatchObject([
        { log: room, seq: 1, entry: { event: { type: 'slowed', seconds: 5 } } },
      ])
      expect(valueOf(await slow(host, 5))).toMatchObject({ dup: true, placed: [] })
      expect((await streams.byId(stream))?.slowSeconds).toBe(5)
    })

    test('V1 a stream goes scheduled, live, ended, live, each an entry of the room; the rest is refused', async () => {
      const { journal, streams } = world
      const { ada, mod, host, stream, room } = await createStage(world)
      const become = (by: string | null, state: 'scheduled' | 'live' | 'ended') =>
        journal.act(by, stream, { type: 'state', state })
      expect(codeOf(await become(null, 'ended'))).toBe('wrong_state')
      for (const by of [ada, mod]) expect(codeOf(await become(by, 'live'))).toBe('not_allowed')
      valueOf(await become(null, 'live'))
      expect(valueOf(await become(null, 'live')).dup).toBe(true)
      const { startedAt } = (await streams.byId(stream))!
      expect(codeOf(await become(null, 'scheduled'))).toBe('wrong_state')
      valueOf(await become(host, 'ended'))
      expect((await streams.byId(stream))!.endedAt).toBeGreaterThanOrEqual(startedAt!)
      expect(codeOf(await become(null, 'scheduled'))).toBe('wrong_state')
      valueOf(await become(null, 'live'))
      expect(await streams.byId(stream)).toMatchObject({ state: 'live', startedAt, endedAt: null })
      expect((await everything(journal, null, room)).map(({ event }) => event)).toEqual(
        ['live', 'ended', 'live'].map((state) => ({ type: 'stream', state })),
      )
    })

    test('P7 a banned person is refused every act, a moderator too', async () => {
      const { journal, ban } = world
      const { say, ada, mod, stream } = await createStage(world)
      const target = (await say(ada, 'x')).id!
      await ban(stream, ada, null)
      await ban(stream, mod, null)
      const acts: Act[] = [
        { type: 'delete', target },
        { type: 'pin', target },
        { type: 'unpin' },
        { type: 'slow', seconds: 1 },
      ]
      for (const by of [ada, mod])
        for (const act of acts) expect(codeOf(await journal.act(by, stream, act))).toBe('banned')
    })

    test('an act already done is dup and writes nothing', async () => {
      const { journal } = world
      const { say, ada, bob, stream, room } = await createStage(world)
      const target = (await say(ada, 'x')).id!
      const remove = (by: string) => journal.act(by, stream, { type: 'delete', target })
      valueOf(await remove(ada))
      expect(valueOf(await remove(ada))).toMatchObject({ dup: true, id: target, placed: [] })
      expect(codeOf(await remove(bob))).toBe('not_allowed')
      expect(await everything(journal, null, room)).toHaveLength(2)
    })
  })
}

// Contract of timeouts: what they stop, whom they tell, and how they end.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, createBackstage, everything, logsOf, waitOf } from './world.ts'
import type { MakeWorld, World } from './world.ts'

export function timeoutsContract(make: MakeWorld): void {
  describe('timeouts', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P14 who is timed out reads on and whispers, but says nothing in public until it ends by itself', async () => {
      const { journal, rights } = world
      const { ada, bob, mod, host, done, tell, say, room, notices, other, send, draft } =
        await createBackstage(world)
      await say(host, 'open')
      const { newest } = await rights.revocations(null)
      const change = await done(mod, { type: 'timeout', target: ada, seconds: 600, reason: 'Enough' })
      expect(logsOf(change)).toEqual(['backstage', 'thread'])
      expect(change.revoked).toBeUndefined()
      expect((await rights.revocations(null)).newest).toBe(newest)
      const refused = await tell(ada, 'hi')
      expect(refused).toMatchObject({ denial: { code: 'timed_out', reason: 'Enough' } })
      expect(waitOf(refused)).toBeGreaterThan(540_000)
      expect(waitOf(refused)).toBeLessThanOrEqual(600_000)
      expect((await say(ada, 'why?', { viewer: ada })).dup).toBe(false)
      expect(await everything(journal, ada, room)).toHaveLength(1)
      expect(codeOf((await send(draft(ada, 'hi', { stream: other })))[0])).toBe('ok')
      expect(codeOf(await tell(bob, 'hi'))).toBe('ok')
      expect(await notices()).toEqual([
        { is: 'timed_out', until: expect.any(Number) as number, reason: 'Enough' },
      ])
      await world.pass(waitOf(refused) + 1_000)
      expect(codeOf(await tell(ada, 'hi'))).toBe('ok')
      expect(await done(mod, { type: 'lift', target: ada })).toMatchObject({ dup: true, placed: [] })
    })

    test('P14 lifted, it ends at once; backstage and the person hear of both', async () => {
      const { ada, mod, host, done, tell, notices, deeds } = await createBackstage(world)
      await done(mod, { type: 'timeout', target: ada, seconds: 600 })
      const change = await done(host, { type: 'lift', target: ada })
      expect(logsOf(change)).toEqual(['backstage', 'thread'])
      expect(codeOf(await tell(ada, 'hi'))).toBe('ok')
      const until = expect.any(Number) as number
      expect(await notices()).toEqual([{ is: 'timed_out', until, reason: null }, { is: 'timeout_ended' }])
      const target = { id: ada, name: 'Ada' }
      expect(await deeds()).toEqual([
        { is: 'timed_out', target, until, reason: null },
        { is: 'timeout_ended', target },
      ])
    })

    test('P14 the same one sent again is dup; another one takes its place, longer or shorter', async () => {
      const { ada, mod, done, code, tell } = await createBackstage(world)
      const timeout = (seconds: number) => done(mod, { type: 'timeout', target: ada, seconds })
      expect((await timeout(600)).dup).toBe(false)
      expect(await timeout(600)).toMatchObject({ dup: true, placed: [] })
      expect((await timeout(1_200)).dup).toBe(false)
      expect((await timeout(60)).dup).toBe(false)
      expect(waitOf(await tell(ada, 'hi'))).toBeLessThanOrEqual(60_000)
      for (const seconds of [9, 1_209_601])
        expect(await code(mod, { type: 'timeout', target: ada, seconds })).toBe('bad_request')
    })

    test('P14 a thread that nobody wrote to begins with the notice, dense', async () => {
      const { journal } = world
      const { ada, bob, host, mod, done, say, thread, inbox } = await createBackstage(world)
      const { epoch } = await journal.latest(ada, thread(ada), 1)
      await done(mod, { type: 'timeout', target: ada, seconds: 600 })
      await say(ada, 'why?', { viewer: ada })
      await done(mod, { type: 'lift', target: ada })
      for (const reader of [ada, host]) {
        const page = await journal.latest(reader, thread(ada), 50)
        expect(page).toMatchObject({ epoch, seq: 3 })
        expect(page.entries.map(({ event }) => event.type)).toEqual(['notice', 'whispered', 'notice'])
      }
      for (const reader of [bob, mod, null])
        expect(await everything(journal, reader, thread(ada))).toEqual([])
      expect((await journal.latest(host, inbox, 50)).seq).toBe(1)
    })

    test('P14 a moderator timed out by the host writes on: host and moderators are free of it', async () => {
      const { mod, host, done, tell } = await createBackstage(world)
      await done(host, { type: 'timeout', target: mod, seconds: 600 })
      expect(codeOf(await tell(mod, 'hi'))).toBe('ok')
      await done(host, { type: 'dismiss', target: mod })
      expect(codeOf(await tell(mod, 'hi'))).toBe('timed_out')
    })
  })
}

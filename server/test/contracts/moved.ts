// Contract of `moved`: whatever happens in a thread comes once a mark taken before it is asked with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBackstage, type MakeWorld, type World } from './world.ts'

export function movedContract(make: MakeWorld): void {
  describe('moved', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('C31 a mark brings the threads that moved since, where they stand now, and nothing of what was before', async () => {
      const { journal } = world
      const { say, ada, bob, mod, host, stream, thread } = await createBackstage(world)
      await say(mod, 'before', { viewer: mod })
      const first = await journal.moved([{ stream, since: null }])
      expect(first.moved).toEqual([])
      await say(ada, 'to all')
      for (const text of ['one', 'two']) await say(ada, text, { viewer: ada })
      await say(host, 'answer', { viewer: bob })
      const { mark, moved } = await journal.moved([{ stream, since: first.mark }])
      const known = await journal.positions([thread(ada), thread(bob)])
      expect(known.map(({ seq }) => seq)).toEqual([2, 1])
      const all = (list: typeof known) => list.map((position) => JSON.stringify(position)).sort()
      expect(all(moved)).toEqual(all(known))
      expect((await journal.moved([{ stream, since: mark }])).moved).toEqual([])
      // As often as it is asked: an answer may be lost.
      expect(all((await journal.moved([{ stream, since: first.mark }])).moved)).toEqual(all(known))
    })

    test('C31 every stream is asked with its own mark, and answers for itself', async () => {
      const { journal } = world
      const { say, send, draft, ada, bob, stream, other } = await createBackstage(world)
      const { mark: old } = await journal.moved([{ stream, since: null }])
      await say(ada, 'one', { viewer: ada })
      await send(draft(bob, 'there', { stream: other, viewer: bob }))
      const { mark } = await journal.moved([{ stream, since: old }])
      await send(draft(ada, 'there', { stream: other, viewer: ada }))
      const viewers = async (...asked: Parameters<typeof journal.moved>[0]) =>
        (await journal.moved(asked)).moved.map(({ log }) => [log.stream, log.viewer]).sort()
      expect(await viewers({ stream, since: mark }, { stream: other, since: mark })).toEqual([[other, ada]])
      expect(await viewers({ stream, since: old }, { stream: other, since: null })).toEqual([[stream, ada]])
      expect(await viewers({ stream: other, since: old })).toEqual(
        [
          [other, ada],
          [other, bob],
        ].sort(),
      )
      expect(await viewers()).toEqual([])
    })

    test('C31 deletes, notices and verdicts move a thread too', async () => {
      const { journal } = world
      const { say, done, rule, tell, ada, bob, host, stream } = await createBackstage(world)
      const secret = await say(ada, 'one', { viewer: ada })
      const steps: [string, () => Promise<unknown>][] = [
        [ada, () => done(ada, { type: 'delete', target: secret.id ?? '' })],
        [bob, () => done(host, { type: 'timeout', target: bob, seconds: 60 })],
        [bob, () => done(host, { type: 'lift', target: bob })],
        [bob, () => done(host, { type: 'ban', target: bob, seconds: 60 })],
        [ada, () => rule({ review: true }).then(() => tell(ada, 'wait'))],
      ]
      for (const [viewer, step] of steps) {
        const { mark } = await journal.moved([{ stream, since: null }])
        await step()
        const { moved } = await journal.moved([{ stream, since: mark }])
        expect(moved.map(({ log }) => log.viewer)).toEqual([viewer])
      }
    })
  })
}

// Contract of what a host decides for all its streams: who may write to it, and who is a member.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import { codeOf, createBackstage, everything, logsOf, textsOf, valueOf } from './world.ts'
import type { MakeWorld, World } from './world.ts'

export function blocksContract(make: MakeWorld): void {
  describe('blocks and members', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    async function withSecond() {
      const stage = await createBackstage(world)
      const second = randomUUID()
      const bare = { title: 'Show', description: '', startsAt: null, host: stage.host }
      valueOf(await world.streams.create({ ...bare, id: second, slug: `s-${second}` }))
      return { ...stage, second }
    }

    test('P19 a block ends the thread in both directions, in all streams of this host and in no other', async () => {
      const { journal, rights } = world
      const { ada, bob, mod, host, second, other, thread, say, send, draft, done } = await withSecond()
      await say(ada, 'before', { viewer: ada })
      const { newest } = await rights.revocations(null)
      const change = await done(host, { type: 'block', target: ada })
      expect(logsOf(change)).toEqual(['backstage'])
      expect(change.revoked).toBeUndefined()
      expect((await rights.revocations(null)).newest).toBe(newest)
      const codes = async () =>
        (
          await send(
            draft(ada, 'x', { viewer: ada }),
            draft(host, 'x', { viewer: ada }),
            draft(ada, 'x', { viewer: ada, stream: second }),
            draft(host, 'x', { viewer: ada, stream: second }),
            draft(ada, 'x', { viewer: ada, stream: other }),
            draft(bob, 'x', { viewer: bob }),
            draft(host, 'x', { viewer: bob }),
            draft(ada, 'in public'),
          )
        ).map(codeOf)
      const closed = Array<string>(4).fill('thread_closed')
      expect(await codes()).toEqual([...closed, 'ok', 'ok', 'ok', 'ok'])
      expect(textsOf(await everything(journal, ada, thread(ada)))).toEqual(['before'])
      await done(host, { type: 'unblock', target: ada })
      expect(await codes()).toEqual(Array(8).fill('ok'))
      await done(host, { type: 'block', target: mod })
      expect(codeOf((await send(draft(mod, 'x', { viewer: mod })))[0])).toBe('thread_closed')
    })

    test('P19 M3 what was sent before the block keeps its answer', async () => {
      const { ada, host, send, draft, done } = await withSecond()
      const sent = draft(ada, 'before', { viewer: ada })
      const first = valueOf((await send(sent))[0])
      await done(host, { type: 'block', target: ada })
      expect(valueOf((await send({ ...sent, id: randomUUID() }))[0])).toMatchObject({
        dup: true,
        id: first.id,
      })
      const reply = draft(ada, 'x', { viewer: ada, replyTo: randomUUID() })
      expect(codeOf((await send(reply))[0])).toBe('reply_not_here')
    })

    test('P19 members may write where the rules say so, in all streams of this host', async () => {
      const { ada, bob, carol, host, second, other, act, done, rule, send, draft } = await withSecond()
      const rules = { ...OPEN_RULES, who: 'members' } as const
      await rule(rules)
      valueOf(await act(host, { type: 'rules', rules }, second))
      valueOf(await act(carol, { type: 'rules', rules }, other))
      await done(host, { type: 'enrol', target: ada })
      const codes = async (who: string) =>
        (
          await send(draft(who, 'x'), draft(who, 'x', { stream: second }), draft(who, 'x', { stream: other }))
        ).map(codeOf)
      expect(await codes(ada)).toEqual(['ok', 'ok', 'members_only'])
      expect(await codes(bob)).toEqual(Array(3).fill('members_only'))
      valueOf(await act(host, { type: 'expel', target: ada }, second))
      expect(await codes(ada)).toEqual(Array(3).fill('members_only'))
    })

    test('P19 P17 each of it is a deed backstage, and done again it is none', async () => {
      const { ada, host, done, deeds } = await withSecond()
      const target = { id: ada, name: 'Ada' }
      for (const type of ['block', 'unblock', 'enrol', 'expel'] as const) {
        expect(await done(host, { type, target: ada })).toMatchObject({ dup: false })
        expect(await done(host, { type, target: ada })).toMatchObject({ dup: true, placed: [] })
      }
      expect(await deeds()).toEqual(
        (['blocked', 'unblocked', 'enrolled', 'expelled'] as const).map((is) => ({ is, target })),
      )
    })
  })
}

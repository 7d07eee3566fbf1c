// Contract of the audit trail: every deed is backstage, with who, whom, what and why.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Act } from '../../app/ports.ts'
import type { Deed } from '../../../shared/protocol/index.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import { createBackstage, everything, logsOf } from './world.ts'
import type { MakeWorld, World } from './world.ts'

export function deedsContract(make: MakeWorld): void {
  describe('deeds', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P17 every deed has its entry, in order, with its reason and the names of that time', async () => {
      const { journal, people } = world
      const { ada, host, done, say, behind, backstage } = await createBackstage(world)
      const target = { id: ada, name: 'Ada' }
      const until = expect.any(Number) as number
      const rules = { ...OPEN_RULES, links: 'held' } as const
      const acts: [Act, Deed, logs: string[]][] = [
        [{ type: 'rules', rules }, { is: 'ruled', rules }, ['backstage', 'room']],
        [{ type: 'slow', seconds: 30 }, { is: 'slowed', seconds: 30 }, ['backstage', 'room']],
        [
          { type: 'timeout', target: ada, seconds: 60, reason: 'Calm down' },
          { is: 'timed_out', target, until, reason: 'Calm down' },
          ['backstage', 'thread'],
        ],
        [{ type: 'lift', target: ada }, { is: 'timeout_ended', target }, ['backstage', 'thread']],
        [
          { type: 'ban', target: ada, seconds: 600, reason: 'Spam' },
          { is: 'banned', target, until, reason: 'Spam' },
          ['backstage', 'thread'],
        ],
        [
          { type: 'ban', target: ada, seconds: null },
          { is: 'banned', target, until: null, reason: null },
          ['backstage', 'thread'],
        ],
        [{ type: 'unban', target: ada }, { is: 'unbanned', target }, ['backstage', 'thread']],
        [{ type: 'appoint', target: ada }, { is: 'appointed', target, everywhere: false }, ['backstage']],
        [{ type: 'dismiss', target: ada }, { is: 'dismissed', target }, ['backstage']],
        [
          { type: 'appoint', target: ada, everywhere: true },
          { is: 'appointed', target, everywhere: true },
          ['backstage'],
        ],
        [{ type: 'dismiss', target: ada }, { is: 'dismissed', target }, ['backstage']],
        [{ type: 'note', target: ada, text: 'Loud' }, { is: 'noted', target, text: 'Loud' }, ['backstage']],
      ]
      for (const [act, deed, logs] of acts) {
        const change = await done(host, act)
        expect([deed.is, change.dup, logsOf(change)]).toEqual([deed.is, false, logs])
      }
      // What was done keeps the names it was done under.
      await people.update(ada, { name: 'Countess' })
      await people.update(host, { name: 'Boss' })
      const by = { id: host, name: 'Hanna' }
      expect(await behind()).toEqual(acts.map(([, deed]) => ({ type: 'moderated', by, deed })))
      await say(ada, 'x')
      const entries = await everything(journal, host, backstage)
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
      expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort((a, b) => a - b))
    })

    test('P17 until is when it ends, the same backstage, in the notice and in the standing', async () => {
      const { streams } = world
      const { ada, mod, stream, done, deeds, notices } = await createBackstage(world)
      const change = await done(mod, { type: 'ban', target: ada, seconds: 600, reason: 'Spam' })
      const standing = await streams.standing(ada, stream)
      expect(standing).toEqual({
        role: 'viewer',
        banned: true,
        until: expect.any(Number) as number,
        reason: 'Spam',
        refused: null,
      })
      const until = standing.until!
      expect(Math.abs(until - change.at - 600_000)).toBeLessThan(2_000)
      expect(await deeds()).toMatchObject([{ is: 'banned', until, reason: 'Spam' }])
      await done(mod, { type: 'unban', target: ada })
      expect(await notices()).toEqual([{ is: 'banned', until, reason: 'Spam' }, { is: 'unbanned' }])
      expect(await streams.standing(ada, stream)).toEqual({
        role: 'viewer',
        banned: false,
        until: null,
        reason: null,
        refused: null,
      })
    })

    test('P17 a refused or repeated deed leaves no entry anywhere', async () => {
      const { journal } = world
      const { ada, bob, mod, host, done, code, backstage, room, thread, inbox } = await createBackstage(world)
      await done(host, { type: 'slow', seconds: 30 })
      await done(mod, { type: 'ban', target: ada, seconds: null })
      const logs = [room, backstage, inbox, thread(ada), thread(bob)]
      const before = await journal.positions(logs)
      for (const again of [
        { type: 'slow', seconds: 30 },
        { type: 'ban', target: ada, seconds: null },
        { type: 'lift', target: ada },
        { type: 'unban', target: bob },
        { type: 'wipe', target: bob },
        { type: 'dismiss', target: bob },
        { type: 'unblock', target: bob },
        { type: 'expel', target: bob },
      ] as const)
        expect(await done(host, again)).toMatchObject({ dup: true, placed: [] })
      expect(await code(bob, { type: 'timeout', target: mod, seconds: 60 })).toBe('not_allowed')
      expect(await code(mod, { type: 'timeout', target: host, seconds: 60 })).toBe('not_allowed')
      expect(await journal.positions(logs)).toEqual(before)
    })
  })
}

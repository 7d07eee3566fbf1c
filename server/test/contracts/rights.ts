// Contract of rights that change: bans and moderators, revocations in order, admissions for many at once.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Act } from '../../app/ports.ts'
import { codeOf, createStage, everything, valueOf, type MakeWorld, type World } from './world.ts'

const HOUR = 3_600_000

export function rightsContract(make: MakeWorld): void {
  describe('rights', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    const newest = async () => (await world.rights.revocations(null)).newest
    const since = async (seq: number) => (await world.rights.revocations(seq)).revocations
    const session = async (principal: string, forMs = HOUR) => {
      const id = randomUUID()
      await world.people.createSession({ id, principal, expiresAt: Date.now() + forMs })
      return id
    }

    test('P11 who may ban, unban, appoint and dismiss whom', async () => {
      const { journal } = world
      const { host, mod, ada, bob, carol, stream } = await createStage(world)
      const dee = randomUUID()
      await world.people.createGuest({ id: dee, name: 'Dee' })
      valueOf(await journal.act(host, stream, { type: 'appoint', target: dee }))
      const acts = ['ban', 'unban', 'appoint', 'dismiss'] as const
      const answers = async (by: string | null, target: string) => {
        const codes: string[] = []
        for (const type of acts) {
          const act: Act = type === 'ban' ? { type, target, seconds: null } : { type, target }
          codes.push(codeOf(await journal.act(by, stream, act)))
        }
        return codes
      }
      const never = Array<string>(4).fill('not_allowed')
      for (const by of [ada, carol, null])
        for (const target of [bob, ada, mod, host, randomUUID()])
          expect(await answers(by, target)).toEqual(never)
      expect(await answers(mod, bob)).toEqual(['ok', 'ok', 'not_allowed', 'not_allowed'])
      for (const target of [host, mod, dee]) expect(await answers(mod, target)).toEqual(never)
      expect(await answers(host, bob)).toEqual(['ok', 'ok', 'ok', 'ok'])
      expect(await answers(host, dee)).toEqual(['ok', 'ok', 'ok', 'ok'])
      expect(await answers(host, host)).toEqual(never)
      expect(await answers(host, randomUUID())).toEqual(Array(4).fill('not_found'))
      expect(codeOf(await journal.act(host, randomUUID(), { type: 'unban', target: ada }))).toBe('not_found')
      for (const seconds of [9, 1_209_601])
        expect(codeOf(await journal.act(host, stream, { type: 'ban', target: ada, seconds }))).toBe(
          'bad_request',
        )
    })

    test('P11 what is done already is dup, and the room says nothing of any of it', async () => {
      const { journal } = world
      const { host, ada, stream, room } = await createStage(world)
      const start = await newest()
      const acts: [Act, dup: boolean, revoked: boolean][] = [
        [{ type: 'ban', target: ada, seconds: 600 }, false, true],
        [{ type: 'ban', target: ada, seconds: 600 }, true, false],
        [{ type: 'ban', target: ada, seconds: null }, false, true],
        [{ type: 'ban', target: ada, seconds: null }, true, false],
        [{ type: 'ban', target: ada, seconds: 60 }, false, true],
        [{ type: 'unban', target: ada }, false, false],
        [{ type: 'unban', target: ada }, true, false],
        [{ type: 'appoint', target: ada }, false, true],
        [{ type: 'appoint', target: ada }, true, false],
        [{ type: 'dismiss', target: ada }, false, true],
        [{ type: 'dismiss', target: ada }, true, false],
      ]
      for (const [act, dup, revoked] of acts) {
        const change = valueOf(await journal.act(host, stream, act))
        expect([act, change]).toMatchObject([act, { dup, ...(dup ? { placed: [] } : {}) }])
        expect([act, change.revoked === true]).toEqual([act, revoked])
      }
      const kinds = (await since(start)).map(({ kind, principal, stream: where }) => [kind, principal, where])
      expect(kinds).toEqual(['ban', 'ban', 'ban', 'role', 'role'].map((kind) => [kind, ada, stream]))
      expect(await everything(journal, null, room)).toEqual([])
    })

    test('P11 a ban for a time ends by itself, and says when', async () => {
      const { journal, streams, pass } = world
      const { host, ada, draft, send, stream } = await createStage(world)
      valueOf(await journal.act(host, stream, { type: 'ban', target: ada, seconds: 60 }))
      expect(codeOf((await send(draft(ada, 'x')))[0])).toBe('banned')
      const { banned, until } = await streams.standing(ada, stream)
      expect([banned, typeof until]).toEqual([true, 'number'])
      await pass(61_000)
      expect(await streams.standing(ada, stream)).toMatchObject({
        role: 'viewer',
        banned: false,
        until: null,
      })
      expect(codeOf((await send(draft(ada, 'x')))[0])).toBe('ok')
      expect(valueOf(await journal.act(host, stream, { type: 'unban', target: ada })).dup).toBe(true)
    })

    test('P11 the appointed may at once what a moderator may, the dismissed nothing of it', async () => {
      const { journal } = world
      const { host, ada, bob, say, stream } = await createStage(world)
      const target = (await say(bob, 'look')).id!
      const pin = async () => codeOf(await journal.act(ada, stream, { type: 'pin', target }))
      const remove = async () => {
        const { id } = await say(bob, 'away with it')
        return codeOf(await journal.act(ada, stream, { type: 'delete', target: id! }))
      }
      expect([await pin(), await remove()]).toEqual(['not_allowed', 'not_allowed'])
      valueOf(await journal.act(host, stream, { type: 'appoint', target: ada }))
      expect([await pin(), await remove()]).toEqual(['ok', 'ok'])
      valueOf(await journal.act(host, stream, { type: 'dismiss', target: ada }))
      expect([await pin(), await remove()]).toEqual(['not_allowed', 'not_allowed'])
    })

    test('C11 sessions that end are revoked, each with the act that ended it', async () => {
      const { people } = world
      const id = randomUUID()
      valueOf(
        await people.createAccount({
          ...{ id, name: 'Ada', email: `${id}@example.org`, passwordHash: 'hash', canHost: false },
          now: Date.now(),
        }),
      )
      const [phone, desk] = [await session(id), await session(id)]
      const start = await newest()
      await people.endSession(phone)
      await people.endSession(phone)
      await people.endSession(randomUUID())
      await people.endSessions(id, desk)
      const tablet = await session(id)
      valueOf(await people.update(id, { name: 'Countess' }))
      expect(codeOf(await people.update(id, { passwordHash: 'new', keepSession: desk }))).toBe('ok')
      expect(await people.sessionPrincipal(tablet, Date.now())).toBeNull()
      expect(await people.sessionPrincipal(desk, Date.now())).not.toBeNull()
      await people.endSessions(id)
      const nothing = { principal: id, kind: 'session', stream: null }
      expect(await since(start)).toEqual([
        { ...nothing, seq: start + 1, session: phone, except: null },
        { ...nothing, seq: start + 2, session: null, except: desk },
        { ...nothing, seq: start + 3, session: null, except: null },
      ])
    })

    test('C11 revocations are dense, in order, and read on from any of them', async () => {
      const { journal } = world
      const { host, ada, bob, mod, stream } = await createStage(world)
      const start = await newest()
      await Promise.all(
        [ada, bob, mod].flatMap((target) => [
          journal.act(host, stream, { type: 'ban', target, seconds: null }),
          journal.act(host, stream, { type: 'appoint', target }),
        ]),
      )
      const all = await world.rights.revocations(start)
      expect(all.revocations.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5].map((n) => start + n))
      expect(all.newest).toBe(start + 5)
      expect(await since(start + 3)).toEqual(all.revocations.slice(3))
      expect(await world.rights.revocations(start + 5)).toEqual({ newest: start + 5, revocations: [] })
      expect(await world.rights.revocations(null)).toEqual({ newest: start + 5, revocations: [] })
    })

    test('C13 many admissions are one answer each, in the order asked', async () => {
      const { rights, ban } = world
      const { host, mod, ada, bob, stream, other } = await createStage(world)
      await ban(stream, ada, null)
      await ban(stream, bob, -1)
      await ban(stream, host, null)
      const [hers, his, its, modern] = [
        await session(ada),
        await session(bob),
        await session(host),
        await session(mod),
      ]
      const late = await session(bob, -1)
      const seen = await newest()
      const asked = [
        [hers, stream, ada, 'viewer', true],
        [hers, other, ada, 'viewer', false],
        [randomUUID(), stream, null, 'viewer', false],
        [his, stream, bob, 'viewer', false],
        [its, stream, host, 'host', false],
        [late, stream, null, 'viewer', false],
        [modern, stream, mod, 'moderator', false],
        [his, randomUUID(), bob, 'viewer', false],
        [hers, stream, ada, 'viewer', true],
      ] as const
      const answers = await rights.admissions(
        asked.map(([id, where]) => ({ session: id, stream: where })),
        Date.now(),
      )
      expect(
        answers.map(({ person, role, banned, seen: upTo }) => [person?.id ?? null, role, banned, upTo]),
      ).toEqual(asked.map(([, , id, role, banned]) => [id, role, banned, seen]))
      expect(answers[4]?.person).toEqual(await world.people.find(host))
      expect(await rights.admissions([], Date.now())).toEqual([])
    })
  })
}

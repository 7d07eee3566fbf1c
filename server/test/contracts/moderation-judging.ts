// Contract of who may act on whom, and of moderators for all streams of a host.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Act } from '../../app/ports.ts'
import { codeOf, createBackstage, everything, logsOf, textsOf, valueOf } from './world.ts'
import type { MakeWorld, World } from './world.ts'

type OnPerson = Extract<Act, { target: string }>['type']

const JUDGE = ['timeout', 'lift', 'ban', 'unban', 'wipe'] as const
const HOST_ALONE = ['appoint', 'dismiss', 'block', 'unblock', 'enrol', 'expel'] as const
const NOTE = ['note'] as const

function onPerson(type: OnPerson, target: string): Act {
  if (type === 'timeout' || type === 'ban') return { type, target, seconds: 600 }
  if (type === 'note') return { type, target, text: 'noted' }
  return { type, target } as Act
}

export function judgingContract(make: MakeWorld): void {
  describe('who may act on whom', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P18 P11 host, moderators and everybody else, on everybody', async () => {
      const stage = await createBackstage(world)
      const { ada, bob, carol, mod, host, stream, guest, code, done } = stage
      const [dee, far, gone] = [await guest('Dee'), await guest('Far'), await guest('Gone')]
      await done(host, { type: 'appoint', target: dee })
      await done(host, { type: 'appoint', target: far, everywhere: true })
      await done(host, { type: 'appoint', target: gone })
      await world.ban(stream, gone, null)
      const nobody = randomUUID()
      const told = async (by: string | null, types: readonly OnPerson[], targets: readonly string[]) => {
        const codes = new Set<string>()
        for (const type of types)
          for (const target of targets) codes.add(await code(by, onPerson(type, target)))
        return [...codes]
      }
      const everybody = [ada, bob, carol, mod, far, host, nobody]
      for (const by of [ada, carol, null])
        expect(await told(by, [...JUDGE, ...HOST_ALONE, ...NOTE], everybody)).toEqual(['not_allowed'])
      expect(await told(gone, [...JUDGE, ...HOST_ALONE, ...NOTE], everybody)).toEqual(['banned'])
      for (const by of [mod, far]) {
        expect(await told(by, JUDGE, [ada, carol])).toEqual(['ok'])
        expect(await told(by, JUDGE, [mod, far, dee, host])).toEqual(['not_allowed'])
        expect(await told(by, JUDGE, [nobody])).toEqual(['not_found'])
        expect(await told(by, HOST_ALONE, everybody)).toEqual(['not_allowed'])
        expect(await told(by, NOTE, [ada, carol])).toEqual(['ok'])
        expect(await told(by, NOTE, [nobody])).toEqual(['not_found'])
      }
      expect(await told(host, [...JUDGE, ...HOST_ALONE, ...NOTE], [ada, carol, dee])).toEqual(['ok'])
      expect(await told(host, [...JUDGE, ...HOST_ALONE], [host])).toEqual(['not_allowed'])
      expect(await told(host, [...JUDGE, ...HOST_ALONE, ...NOTE], [nobody])).toEqual(['not_found'])
    })

    test('P18 in a stream that is not there, nothing is', async () => {
      const { ada, host, act } = await createBackstage(world)
      for (const type of [...JUDGE, ...HOST_ALONE, ...NOTE])
        expect(codeOf(await act(host, onPerson(type, ada), randomUUID()))).toBe('not_found')
    })

    test('P18 a moderator for all streams is one in every stream of this host, and in no other', async () => {
      const { journal, streams, rights, people } = world
      const { ada, bob, host, carol, stream, other, done, act, backstage, say } = await createBackstage(world)
      const second = randomUUID()
      const bare = { title: 'Show', description: '', startsAt: null }
      valueOf(await streams.create({ ...bare, id: second, slug: `s-${second}`, host }))
      const session = randomUUID()
      await people.createSession({ id: session, principal: ada, expiresAt: Date.now() + 3_600_000 })
      const roles = async () => {
        const asked = [stream, second, other].map((where) => ({ session, stream: where }))
        const admitted = (await rights.admissions(asked, Date.now())).map(({ role }) => role)
        const standing = await Promise.all(
          [stream, second, other].map((where) => streams.standing(ada, where)),
        )
        expect(standing.map(({ role }) => role)).toEqual(admitted)
        return admitted
      }
      const { newest } = await rights.revocations(null)
      const appoint = { type: 'appoint', target: ada, everywhere: true } as const
      const change = await done(host, appoint)
      expect(change).toMatchObject({ dup: false, revoked: true })
      expect(logsOf(change)).toEqual(['backstage'])
      expect(await done(host, appoint)).toMatchObject({ dup: true, placed: [] })
      expect(await roles()).toEqual(['moderator', 'moderator', 'viewer'])
      const { revocations } = await rights.revocations(newest)
      expect(revocations).toMatchObject([{ principal: ada, kind: 'role', stream: null }])
      const { id: target } = await say(bob, 'away')
      expect(codeOf(await act(ada, { type: 'delete', target: target! }))).toBe('ok')
      expect((await everything(journal, ada, backstage)).length).toBeGreaterThan(0)
      expect(await everything(journal, ada, { kind: 'backstage', stream: other })).toEqual([])
      expect(codeOf(await act(ada, { type: 'timeout', target: bob, seconds: 60 }, second))).toBe('ok')
      expect(codeOf(await act(ada, { type: 'timeout', target: bob, seconds: 60 }, other))).toBe('not_allowed')
      expect(codeOf(await act(carol, { type: 'dismiss', target: ada }, stream))).toBe('not_allowed')
      // Dismissed in one of them it is none in any; the rows of both kinds go.
      valueOf(await act(host, { type: 'appoint', target: ada }, second))
      valueOf(await act(host, { type: 'dismiss', target: ada }, second))
      expect(await roles()).toEqual(['viewer', 'viewer', 'viewer'])
      expect((await rights.revocations(newest)).revocations.at(-1)).toMatchObject({
        kind: 'role',
        stream: null,
      })
      expect(valueOf(await act(host, { type: 'dismiss', target: ada }, second)).dup).toBe(true)
      expect(await everything(journal, ada, backstage)).toEqual([])
    })

    test('P18 P7 a banned moderator reads nothing backstage and does nothing, wherever appointed', async () => {
      const { journal } = world
      const { ada, mod, host, stream, done, code, backstage, deeds } = await createBackstage(world)
      await done(host, { type: 'appoint', target: ada, everywhere: true })
      const before = await deeds()
      for (const by of [ada, mod]) {
        await world.ban(stream, by, null)
        expect(await everything(journal, by, backstage)).toEqual([])
        expect((await journal.latest(by, backstage, 50)).seq).toBe(0)
        expect(await code(by, { type: 'rules', rules: (await world.streams.byId(stream))!.rules })).toBe(
          'banned',
        )
        for (const type of ['approve', 'reject', 'resolve'] as const)
          expect(await code(by, { type, target: randomUUID() })).toBe('banned')
        expect(await code(by, { type: 'report', target: randomUUID(), reason: 'spam' })).toBe('banned')
      }
      expect(await deeds()).toEqual(before)
    })

    test('P18 backstage is read by host and moderators alone; for others it is like a log of nobody', async () => {
      const { journal } = world
      const { ada, bob, carol, mod, host, stream, done, backstage } = await createBackstage(world)
      const nothing = await journal.latest(bob, backstage, 50)
      expect(nothing).toMatchObject({ seq: 0, entries: [] })
      await done(mod, { type: 'note', target: ada, text: 'canary' })
      for (const reader of [mod, host]) {
        const page = await journal.latest(reader, backstage, 50)
        expect([page.seq, page.entries.length, page.epoch]).toEqual([1, 1, nothing.epoch])
      }
      for (const reader of [ada, bob, carol, null]) {
        expect(await journal.latest(reader, backstage, 50)).toEqual(nothing)
        expect(await journal.read(reader, backstage, 1, 9)).toEqual([])
      }
      expect(await journal.positions([backstage])).toEqual([{ log: backstage, epoch: nothing.epoch, seq: 1 }])
      await done(host, { type: 'dismiss', target: mod })
      expect(await everything(journal, mod, backstage)).toEqual([])
      expect(textsOf(await everything(journal, mod, { kind: 'room', stream }))).toEqual([])
    })
  })
}

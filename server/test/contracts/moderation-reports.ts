// Contract of reports and notes: who writes them, who reads them, and that nobody else learns of them.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Act } from '../../app/ports.ts'
import { codeOf, createBackstage, everything, logsOf, valueOf } from './world.ts'
import type { MakeWorld, World } from './world.ts'

const report = (target: string, note?: string): Act => ({ type: 'report', target, reason: 'abuse', note })

export function reportsContract(make: MakeWorld): void {
  describe('reports and notes', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P16 a report is read by host and moderators; who was reported learns nothing of it', async () => {
      const { journal } = world
      const { ada, bob, mod, host, stream, done, say, room, inbox, thread, backstage, events, send, draft } =
        await createBackstage(world)
      const sent = draft(ada, 'rude')
      const { at } = valueOf((await send(sent))[0])
      await say(ada, 'hello', { viewer: ada })
      const seen = async (who: string | null) =>
        Promise.all([room, thread(ada), backstage].map((log) => journal.latest(who, log, 50)))
      const before = [await seen(ada), await seen(null), await events(host, inbox)]
      const change = await done(bob, report(sent.id, 'canary'))
      expect(logsOf(change)).toEqual(['backstage'])
      const message = { id: sent.id, author: { id: ada, name: 'Ada', role: 'viewer' }, text: 'rude', at }
      const told = {
        type: 'reported',
        report: { by: { id: bob, name: 'Bob' }, reason: 'abuse', note: 'canary', message },
      }
      for (const reader of [mod, host]) expect(await events(reader, backstage)).toEqual([told])
      expect([await seen(ada), await seen(null), await events(host, inbox)]).toEqual(before)
      expect(await events(bob, backstage)).toEqual([])
      expect((await journal.positions([{ kind: 'room', stream }]))[0]?.seq).toBe(1)
    })

    test('P16 once from each person; dup says nothing to anybody', async () => {
      const { ada, bob, mod, carol, done, say, behind } = await createBackstage(world)
      const target = (await say(ada, 'rude')).id!
      expect((await done(bob, report(target))).dup).toBe(false)
      expect(await done(bob, { type: 'report', target, reason: 'spam' })).toMatchObject({
        dup: true,
        placed: [],
      })
      for (const by of [carol, mod]) expect((await done(by, report(target))).dup).toBe(false)
      expect(await behind()).toMatchObject(
        ['Bob', 'Carol', 'Mo'].map((name) => ({ report: { by: { name }, note: null } })),
      )
    })

    test('P16 P8 only public messages of others that are there; the rest answers like nothing', async () => {
      const { ada, bob, mod, carol, host, other, act, code, say, done, behind } = await createBackstage(world)
      const [own, gone] = [(await say(bob, 'mine')).id!, (await say(ada, 'gone')).id!]
      const secret = (await say(ada, 'secret', { viewer: ada })).id!
      const foreign = (await say(carol, 'x', { stream: other })).id!
      await done(ada, { type: 'delete', target: gone })
      const before = (await behind()).length
      expect(await code(bob, report(own))).toBe('not_allowed')
      for (const target of [secret, foreign, gone, randomUUID()])
        for (const by of [bob, mod, host]) expect(await code(by, report(target))).toBe('not_found')
      // Its own private one is like nothing, too: there is nothing to report of it.
      expect(await code(ada, report(secret))).toBe('not_found')
      expect(await code(null, report(own))).toBe('not_allowed')
      expect(codeOf(await act(bob, report(own), randomUUID()))).toBe('not_found')
      expect(await behind()).toHaveLength(before)
    })

    test('P16 resolved by host or a moderator, every open report of the message is closed, once', async () => {
      const { ada, bob, carol, mod, host, code, say, done, behind } = await createBackstage(world)
      const [target, fine] = [(await say(ada, 'rude')).id!, (await say(ada, 'fine')).id!]
      const secret = (await say(ada, 'secret', { viewer: ada })).id!
      for (const by of [bob, carol]) await done(by, report(target))
      const resolve = (what: string): Act => ({ type: 'resolve', target: what })
      for (const by of [ada, bob, null])
        for (const what of [target, secret]) expect(await code(by, resolve(what))).toBe('not_allowed')
      for (const by of [mod, host])
        for (const what of [secret, randomUUID()]) expect(await code(by, resolve(what))).toBe('not_found')
      expect(await done(mod, resolve(fine))).toMatchObject({ dup: true, placed: [] })
      expect(logsOf(await done(mod, resolve(target)))).toEqual(['backstage'])
      expect((await behind()).at(-1)).toEqual({ type: 'resolved', target, by: { id: mod, name: 'Mo' } })
      for (const by of [mod, host])
        expect(await done(by, resolve(target))).toMatchObject({ dup: true, placed: [] })
      await done(host, report(target))
      expect((await done(host, resolve(target))).dup).toBe(false)
    })

    test('P16 a report keeps to its message: deleted, its words are still there for host and moderators', async () => {
      const { ada, bob, host, done, say, behind, publicTexts } = await createBackstage(world)
      const target = (await say(ada, 'rude')).id!
      await done(bob, report(target))
      await done(host, { type: 'delete', target })
      expect((await behind())[0]).toMatchObject({ report: { message: { id: target, text: 'rude' } } })
      for (const reader of [null, ada, bob, host]) expect(await publicTexts(reader)).toEqual([null])
      expect((await done(host, { type: 'resolve', target })).dup).toBe(false)
    })

    test('P16 a note of a person is read backstage and nowhere else; the same twice is two', async () => {
      const { journal } = world
      const { ada, mod, host, done, code, deeds, thread, room } = await createBackstage(world)
      for (const by of [mod, host]) {
        const change = await done(by, { type: 'note', target: ada, text: 'canary' })
        expect(logsOf(change)).toEqual(['backstage'])
        expect(JSON.stringify(change)).not.toContain('canary')
      }
      const noted = { is: 'noted', target: { id: ada, name: 'Ada' }, text: 'canary' }
      expect(await deeds()).toEqual([noted, noted])
      for (const log of [thread(ada), room]) expect(await everything(journal, ada, log)).toEqual([])
      expect(await code(mod, { type: 'note', target: ada, text: '' })).toBe('text_empty')
      // It does nothing to anybody, so it may be of anybody.
      for (const [by, target] of [
        [mod, host],
        [mod, mod],
        [host, mod],
      ] as const)
        expect(await code(by, { type: 'note', target, text: 'noted' })).toBe('ok')
    })
  })
}

// Contract of what is taken away: deletes and wipes, whose words stay backstage for a while.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../../../shared/protocol/index.ts'
import { createBackstage, everything, logsOf, textsOf, traits } from './world.ts'
import type { MakeWorld, World } from './world.ts'

const DAY = 86_400_000

export function removedContract(make: MakeWorld): void {
  describe('removed words', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P17 L6 the words of a deleted public message are backstage and nowhere else', async () => {
      const { journal } = world
      const { ada, bob, mod, host, stream, done, say, room, backstage, events } = await createBackstage(world)
      const [first, second] = [await say(ada, 'canary one'), await say(ada, 'canary two')]
      await say(bob, 'quote', { replyTo: first.id! })
      await done(host, { type: 'pin', target: first.id! })
      expect(logsOf(await done(mod, { type: 'delete', target: first.id! }))).toEqual(['backstage', 'room'])
      expect(logsOf(await done(ada, { type: 'delete', target: second.id! }))).toEqual(['backstage', 'room'])
      for (const reader of [null, ada, bob, mod, host])
        expect(JSON.stringify(await everything(journal, reader, room))).not.toContain('canary')
      expect(await journal.pinned(stream)).toBeNull()
      const author = { id: ada, name: 'Ada', role: 'viewer' }
      const deed = ({ id, at }: typeof first, text: string) => ({
        is: 'deleted',
        message: { id, author, text, at },
      })
      for (const reader of [mod, host])
        expect(await events(reader, backstage)).toEqual([
          { type: 'moderated', by: { id: mod, name: 'Mo' }, deed: deed(first, 'canary one') },
          { type: 'moderated', by: { id: ada, name: 'Ada' }, deed: deed(second, 'canary two') },
        ])
    })

    test('P17 P1 a private message that is deleted leaves no word anywhere, and nothing backstage', async () => {
      const { journal } = world
      const { ada, mod, host, done, say, room, inbox, thread, backstage } = await createBackstage(world)
      const target = (await say(ada, 'canary', { viewer: ada })).id!
      expect(logsOf(await done(host, { type: 'delete', target }))).toEqual(['inbox', 'thread'])
      for (const reader of [ada, mod, host])
        for (const log of [room, inbox, thread(ada), backstage])
          expect(JSON.stringify(await everything(journal, reader, log))).not.toContain('canary')
      expect((await journal.latest(host, backstage, 1)).seq).toBe(0)
    })

    test('P17 L6 an approved message that is deleted is gone from where it waited, for its author and backstage', async () => {
      const { journal } = world
      const { ada, host, rule, tell, done, behind, room, thread } = await createBackstage(world)
      await rule({ review: true })
      await tell(ada, 'canary')
      const event = (await behind()).at(-1)
      const target = event?.type === 'held' ? event.held.id : ''
      await done(host, { type: 'approve', target })
      await done(ada, { type: 'delete', target })
      for (const [reader, log] of [
        [ada, thread(ada)],
        [host, thread(ada)],
        [ada, room],
      ] as const) {
        const entries = await everything(journal, reader, log)
        expect(JSON.stringify(entries)).toContain(target)
        expect(JSON.stringify(entries)).not.toContain('canary')
      }
      const [, held, , gone] = await behind()
      expect(held).toMatchObject({ type: 'held', held: { id: target, text: null, verdict: 'approved' } })
      expect(gone).toMatchObject({ deed: { is: 'deleted', message: { id: target, text: 'canary' } } })
    })

    test('P17 after 30 days the next delete takes the words of removed and rejected ones for good', async () => {
      const { ada, bob, host, rule, tell, done, say, behind } = await createBackstage(world)
      const old = (await say(ada, 'canary one')).id!
      await done(bob, { type: 'report', target: old, reason: 'spam' })
      await done(host, { type: 'delete', target: old })
      await rule({ review: true })
      await tell(ada, 'canary two')
      await tell(ada, 'still open')
      const held = (await behind()).flatMap((event) => (event.type === 'held' ? [event.held] : []))
      await done(host, { type: 'reject', target: held[0]!.id })
      const fresh = [(await say(host, 'fresh one')).id!, (await say(host, 'fresh two')).id!]
      await world.pass(29 * DAY)
      await done(host, { type: 'delete', target: fresh[0]! })
      expect(JSON.stringify(await behind())).toContain('canary one')
      expect(JSON.stringify(await behind())).toContain('canary two')
      await world.pass(2 * DAY)
      await done(host, { type: 'delete', target: fresh[1]! })
      const told = JSON.stringify(await behind())
      expect(told).not.toContain('canary')
      for (const text of ['fresh one', 'fresh two', 'still open']) expect(told).toContain(text)
      expect((await behind())[0]).toMatchObject({ report: { message: { id: old, text: null } } })
    })

    test('P17 a wipe tombstones the newest public messages of one person, rejects the held, clears the pin', async () => {
      const { journal } = world
      const {
        ada,
        bob,
        mod,
        host,
        stream,
        done,
        say,
        rule,
        tell,
        send,
        draft,
        room,
        inbox,
        behind,
        notices,
      } = await createBackstage(world)
      const many = Array.from({ length: LIMITS.wipeMessages + 2 }, (_, n) => draft(ada, `ada ${n}`))
      await send(...many, draft(bob, 'bob'))
      await say(ada, 'private', { viewer: ada })
      await done(host, { type: 'pin', target: many.at(-1)!.id })
      await done(ada, { type: 'delete', target: many.at(-2)!.id })
      await rule({ review: true })
      await tell(ada, 'waiting')
      await tell(bob, 'waiting too')
      const from = (await journal.latest(null, room, 1)).seq
      const change = await done(mod, { type: 'wipe', target: ada })
      expect(logsOf(change)).toEqual(['backstage', 'room', 'thread'])
      const added = (await journal.read(null, room, from + 1, from + 999)).map(({ event }) => event)
      const deleted = added.flatMap((event) => (event.type === 'deleted' ? [event.target] : []))
      const wiped = many.slice(1).filter((_, n) => n !== LIMITS.wipeMessages - 1)
      expect(deleted.sort()).toEqual(wiped.map(({ id }) => id).sort())
      expect(added.filter(({ type }) => type === 'unpinned')).toHaveLength(1)
      expect(added).toHaveLength(LIMITS.wipeMessages + 1)
      expect(await journal.pinned(stream)).toBeNull()
      const texts = textsOf(await everything(journal, null, room)).filter((text) => text !== null)
      expect(texts).toEqual(['ada 0', 'bob'])
      expect(textsOf(await everything(journal, host, inbox))).toEqual(['private'])
      const events = await behind()
      const settled = events.flatMap((event) => (event.type === 'settled' ? [event] : []))
      expect(settled).toMatchObject([{ verdict: 'rejected', by: { id: mod, name: 'Mo' } }])
      expect((await notices()).at(-1)).toEqual({ is: 'rejected', target: settled[0]?.target })
      expect(await notices(bob)).toMatchObject([{ is: 'held' }])
      const deeds = events.flatMap((event) => (event.type === 'moderated' ? [event] : []))
      expect(deeds.at(-1)).toEqual({
        type: 'moderated',
        by: { id: mod, name: 'Mo' },
        deed: { is: 'wiped', target: { id: ada, name: 'Ada' }, count: LIMITS.wipeMessages },
      })
      expect(await done(mod, { type: 'wipe', target: ada })).toMatchObject({ dup: false })
      expect(await done(mod, { type: 'wipe', target: ada })).toMatchObject({ dup: true, placed: [] })
    })

    test('P17 a wipe of somebody whose only words are held rejects them; count is of messages', async () => {
      const { journal } = world
      const { ada, mod, rule, draft, send, done, deeds, room } = await createBackstage(world)
      await rule({ review: true })
      await send(draft(ada, 'one', { traits: traits() }), draft(ada, 'two', { traits: traits() }))
      const { seq } = await journal.latest(null, room, 1)
      const change = await done(mod, { type: 'wipe', target: ada })
      expect(logsOf(change)).toEqual(['backstage', 'thread'])
      expect((await deeds()).at(-1)).toMatchObject({ is: 'wiped', count: 0 })
      expect((await journal.latest(null, room, 1)).seq).toBe(seq)
    })
  })
}

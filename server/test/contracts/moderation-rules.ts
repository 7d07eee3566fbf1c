// Contract of the rules of a room: who may write, what is refused, and in which order one reason hides another.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import type { Rules } from '../../../shared/protocol/index.ts'
import { codeOf, createBackstage, everything, logsOf, traits, valueOf, waitOf } from './world.ts'
import type { MakeWorld, World } from './world.ts'

const HOUR = 3_600_000
const hash = (digit: string) => digit.repeat(64)

export function rulesContract(make: MakeWorld): void {
  describe('rules of a room', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P15 P6 the host alone sets the rules; room and backstage say so, and the stream has them', async () => {
      const { streams } = world
      const { ada, mod, carol, host, stream, act, code, done, events, room, behind } =
        await createBackstage(world)
      const rules: Rules = { ...OPEN_RULES, who: 'accounts', links: 'held', delaySeconds: 3 }
      for (const by of [ada, mod, carol, null])
        expect(await code(by, { type: 'rules', rules })).toBe('not_allowed')
      expect(codeOf(await act(host, { type: 'rules', rules }, randomUUID()))).toBe('not_found')
      const change = await done(host, { type: 'rules', rules })
      expect(logsOf(change)).toEqual(['backstage', 'room'])
      expect(change.placed.find(({ log }) => log.kind === 'room')?.entry?.event).toEqual({
        type: 'ruled',
        rules,
      })
      expect(await events(null, room)).toEqual([{ type: 'ruled', rules }])
      expect(await behind()).toEqual([
        { type: 'moderated', by: { id: host, name: 'Hanna' }, deed: { is: 'ruled', rules } },
      ])
      expect((await streams.byId(stream))?.rules).toEqual(rules)
      // The same values in another order are the same rules.
      const again = Object.fromEntries(Object.entries(rules).reverse()) as Rules
      expect(await done(host, { type: 'rules', rules: again })).toMatchObject({ dup: true, placed: [] })
    })

    test('P15 who: guests, accounts, members; host and moderators are free of it, private words too', async () => {
      const { host, mod, ada, account, rule, done, tell, say } = await createBackstage(world)
      const dee = await account('Dee')
      const answers = async () => {
        const codes: string[] = []
        for (const who of [host, mod, ada, dee]) codes.push(codeOf(await tell(who, 'hi')))
        return codes
      }
      expect(await answers()).toEqual(['ok', 'ok', 'ok', 'ok'])
      await rule({ who: 'accounts' })
      expect(await answers()).toEqual(['ok', 'ok', 'accounts_only', 'ok'])
      await rule({ who: 'members' })
      expect(await answers()).toEqual(['ok', 'ok', 'members_only', 'members_only'])
      await done(host, { type: 'enrol', target: ada })
      expect(await answers()).toEqual(['ok', 'ok', 'ok', 'members_only'])
      expect((await say(dee, 'let me in', { viewer: dee })).dup).toBe(false)
      await done(host, { type: 'expel', target: ada })
      expect(await answers()).toEqual(['ok', 'ok', 'members_only', 'members_only'])
    })

    test('P15 age: who is too new hears how long to wait, and then may', async () => {
      const { ada, mod, rule, tell } = await createBackstage(world)
      await rule({ minAgeSeconds: 3_600 })
      const early = await tell(ada, 'hi')
      expect(codeOf(early)).toBe('account_too_new')
      expect(waitOf(early)).toBeGreaterThan(HOUR - 60_000)
      expect(waitOf(early)).toBeLessThanOrEqual(HOUR)
      expect(codeOf(await tell(mod, 'hi'))).toBe('ok')
      await world.pass(waitOf(early))
      expect(codeOf(await tell(ada, 'hi'))).toBe('ok')
    })

    test('P15 links refused: of viewers, in public', async () => {
      const { ada, host, mod, rule, tell, draft, send } = await createBackstage(world)
      await rule({ links: 'refused' })
      expect(codeOf(await tell(ada, 'a.example', { link: true }))).toBe('link_refused')
      for (const by of [host, mod]) expect(codeOf(await tell(by, 'a.example', { link: true }))).toBe('ok')
      expect(codeOf(await tell(ada, 'plain'))).toBe('ok')
      const secret = draft(ada, 'a.example', { viewer: ada, traits: traits({ link: true }) })
      expect(codeOf((await send(secret))[0])).toBe('ok')
    })

    test('P15 the same words again wait; other words, other people and other times do not', async () => {
      const { ada, bob, mod, rule, tell, send, draft } = await createBackstage(world)
      await rule({ duplicateSeconds: 60 })
      const [a, b] = [{ fold: hash('a') }, { fold: hash('b') }]
      expect(codeOf(await tell(ada, 'hi', a))).toBe('ok')
      const again = await tell(ada, 'HI', a)
      expect(codeOf(again)).toBe('duplicate')
      expect(waitOf(again)).toBeGreaterThan(0)
      expect(waitOf(again)).toBeLessThanOrEqual(60_000)
      expect(codeOf(await tell(ada, 'ho', b))).toBe('ok')
      expect(codeOf(await tell(bob, 'hi', a))).toBe('ok')
      expect([codeOf(await tell(mod, 'hi', a)), codeOf(await tell(mod, 'hi', a))]).toEqual(['ok', 'ok'])
      const secret = draft(ada, 'hi', { viewer: ada, traits: traits(a) })
      expect(codeOf((await send(secret))[0])).toBe('ok')
      await world.pass(waitOf(again))
      expect(codeOf(await tell(ada, 'hi', a))).toBe('ok')
      const at = { traits: traits({ fold: hash('c') }) }
      const both = await send(draft(ada, 'ha', at), draft(ada, 'ha', at))
      expect(both.map(codeOf)).toEqual(['ok', 'duplicate'])
    })

    test('P15 what was said in private or in another stream is no earlier copy', async () => {
      const { ada, host, carol, other, act, rule, tell, send, draft } = await createBackstage(world)
      const found = traits({ fold: hash('d') })
      await rule({ duplicateSeconds: 60 })
      valueOf(await act(carol, { type: 'rules', rules: { ...OPEN_RULES, duplicateSeconds: 60 } }, other))
      const before = await send(
        draft(ada, 'hi', { viewer: ada, traits: found }),
        draft(ada, 'hi', { stream: other, traits: found }),
        draft(host, 'hi', { traits: found }),
      )
      expect(before.map(codeOf)).toEqual(['ok', 'ok', 'ok'])
      expect(codeOf(await tell(ada, 'hi', found))).toBe('ok')
    })

    test('P15 a refused term, and terms that are no longer those that were looked at', async () => {
      const { host, ada, mod, tell, say, send, draft } = await createBackstage(world)
      const term = { pattern: 'darn*', action: 'refuse' } as const
      expect(codeOf(await tell(ada, 'hi', { termsVer: 1 }))).toBe('rules_changed')
      await world.terms(host, { ver: 3, terms: [term] })
      expect(codeOf(await tell(ada, 'darned', { termsVer: 3, term }))).toBe('text_blocked')
      expect(codeOf(await tell(ada, 'hi', { termsVer: 3 }))).toBe('ok')
      for (const termsVer of [0, 2, 4])
        expect(codeOf(await tell(ada, 'hi', { termsVer }))).toBe('rules_changed')
      expect(codeOf((await send(draft(ada, 'no traits')))[0])).toBe('rules_changed')
      expect(codeOf(await tell(mod, 'darned', { termsVer: 3, term }))).toBe('ok')
      expect((await say(host, 'darned')).dup).toBe(false)
      expect((await say(ada, 'darned', { viewer: ada })).dup).toBe(false)
    })

    test('P15 nobody writes under the looks of the host or a moderator', async () => {
      const { skeleton } = world
      const { host, mod, ada, bob, carol, guest, other, done, tell, send, draft } =
        await createBackstage(world)
      const far = await guest('Far')
      await done(host, { type: 'appoint', target: far, everywhere: true })
      const names = [host, mod, far].map((who) => [who, `of ${who}`] as const)
      for (const [who, name] of names) await skeleton(who, name)
      await skeleton(carol, `of ${carol}`)
      for (const [who, name] of names) {
        await skeleton(ada, name)
        expect(codeOf(await tell(ada, 'hi'))).toBe('name_reserved')
        expect(codeOf((await send(draft(ada, 'hi', { viewer: ada })))[0])).toBe('name_reserved')
        expect(codeOf((await send(draft(ada, 'hi', { stream: other })))[0])).toBe('ok')
        expect(codeOf(await tell(who, 'hi'))).toBe('ok')
      }
      // Of moderators of elsewhere, and of other viewers, a name may be.
      for (const name of [`of ${carol}`, `of ${bob}`]) {
        await skeleton(bob, `of ${bob}`)
        await skeleton(ada, name)
        expect(codeOf(await tell(ada, 'hi'))).toBe('ok')
      }
    })

    test('P15 the first reason that applies is the one that is told', async () => {
      const { skeleton } = world
      const { host, ada, done, draft, send, say, rule, tell, stream } = await createBackstage(world)
      const term = { pattern: 'darn', action: 'refuse' } as const
      const found = { fold: hash('e'), link: true, term, termsVer: 1 }
      await say(ada, 'before', { traits: traits({ fold: hash('e') }) })
      await done(host, { type: 'slow', seconds: 300 })
      await done(host, { type: 'timeout', target: ada, seconds: 600 })
      await world.terms(host, { ver: 2, terms: [term] })
      await skeleton(host, `of ${host}`)
      await skeleton(ada, `of ${host}`)
      const strict = { links: 'refused', duplicateSeconds: 300, review: true } as const
      await rule({ ...strict, who: 'accounts', minAgeSeconds: 600 })
      const told = async () => codeOf(await tell(ada, 'darn', found))
      const gone = draft(ada, 'reply', { replyTo: randomUUID(), traits: traits(found) })
      const [lost, empty] = await send(gone, draft(ada, '', { traits: traits(found) }))
      expect([codeOf(lost), codeOf(empty)]).toEqual(['reply_not_here', 'text_empty'])
      const order = [await told()]
      await skeleton(ada, `of ${ada}`)
      order.push(await told())
      await done(host, { type: 'lift', target: ada })
      order.push(await told())
      await rule({ ...strict, who: 'members', minAgeSeconds: 600 })
      order.push(await told())
      await rule({ ...strict, minAgeSeconds: 600 })
      order.push(await told())
      await rule(strict)
      order.push(await told())
      found.termsVer = 2
      order.push(await told())
      order.push(codeOf(await tell(ada, 'a.example', { ...found, term: null })))
      order.push(codeOf(await tell(ada, 'hi', { ...found, term: null, link: false })))
      await done(host, { type: 'slow', seconds: 0 })
      order.push(codeOf(await tell(ada, 'hi', { ...found, term: null, link: false })))
      order.push(codeOf(await tell(ada, 'other', { termsVer: 2 })))
      expect(order).toEqual([
        'name_reserved',
        'timed_out',
        'accounts_only',
        'members_only',
        'account_too_new',
        'rules_changed',
        'text_blocked',
        'link_refused',
        'slow_mode',
        'duplicate',
        'ok',
      ])
      expect((await everything(world.journal, null, { kind: 'room', stream })).at(-1)?.event.type).toBe(
        'slowed',
      )
    })
  })
}

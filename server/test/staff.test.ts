// What host and moderators see of people over HTTP, and that nobody else can tell that there is anything.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonCard, Team } from '../../shared/api/chat.ts'
import { engines } from './databases.ts'
import { openReading, type ReadingWorld } from './reading-world.ts'
import { openStore, type Store } from './store.ts'

/** Everything a client can compare: status, headers in their order, bytes. */
async function bytesOf(browser: Awaited<ReturnType<ReadingWorld['as']>>, method: string, path: string) {
  const { status, headers, body } = await browser.ask(method, path, method === 'GET' ? undefined : {})
  return JSON.stringify([status, [...headers], body])
}

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`people over HTTP on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    test('P31 a card says what staff may know, in its present state', async () => {
      const { say, get, at, ada, bob, mod, host, act, rules } = await openReading(store)
      await say(bob, 'fine')
      const gone = (await say(bob, 'removed')).id!
      await say(bob, 'secret', { viewer: bob })
      await act(ada, { type: 'report', target: gone, reason: 'abuse' })
      await act(mod, { type: 'delete', target: gone })
      await store.people.update(bob, { name: 'Robert' })
      await rules({ review: true })
      await say(bob, 'waits')
      const no = (await say(bob, 'rejected')).id!
      await act(mod, { type: 'reject', target: no })
      await act(mod, { type: 'note', target: bob, text: 'second time' })
      await act(mod, { type: 'timeout', target: bob, seconds: 60, reason: 'calm down' })
      await act(host, { type: 'enrol', target: bob })
      await act(host, { type: 'block', target: bob })
      const card = (await get<PersonCard>(mod, `${at}/people/${bob}`)).body
      expect(card).toMatchObject({
        person: { id: bob, name: 'Robert', guest: true },
        role: 'viewer',
        formerNames: [{ name: 'Bob' }],
        ban: null,
        timeout: { reason: 'calm down', by: { id: mod, name: 'Mo' } },
        member: true,
        notes: [{ by: { id: mod, name: 'Mo' }, text: 'second time' }],
        reports: [{ message: gone, by: { id: ada, name: 'Ada' }, reason: 'abuse', resolved: false }],
      })
      expect(card.messages.map(({ state, text }) => `${state}: ${text}`)).toEqual([
        ...['rejected: rejected', 'held: waits', 'deleted: removed', 'visible: fine'],
      ])
      expect(card).not.toHaveProperty('blocked')
      expect(JSON.stringify(card)).not.toContain('secret')
      expect((await get<PersonCard>(host, `${at}/people/${bob}`)).body).toEqual({ ...card, blocked: true })
      await act(host, { type: 'ban', target: bob, seconds: null, reason: 'enough' })
      expect((await get<PersonCard>(mod, `${at}/people/${bob}`)).body.ban).toMatchObject({
        ...{ until: null, reason: 'enough', by: { id: host } },
      })
      expect((await get<PersonCard>(mod, `${at}/people/${mod}`)).body).toMatchObject({ role: 'moderator' })
    })

    test('P31 who only ever whispered is a random id to a moderator, and known to the host', async () => {
      const { say, as, get, at, ada, bob, mod, host, act } = await openReading(store)
      await say(ada, 'secret', { viewer: ada })
      await say(host, 'answer', { viewer: ada })
      await act(host, { type: 'block', target: bob })
      const mods = await as(mod)
      const nobody = await bytesOf(mods, 'GET', `${at}/people/${randomUUID()}`)
      for (const id of [ada, bob, 'x', ada.toUpperCase(), `${ada}'`])
        expect(await bytesOf(mods, 'GET', `${at}/people/${encodeURIComponent(id)}`)).toBe(nobody)
      expect((await get<PersonCard>(host, `${at}/people/${ada}`)).body).toMatchObject({
        blocked: false,
        messages: [],
      })
      expect((await get<PersonCard>(host, `${at}/people/${bob}`)).body).toMatchObject({ blocked: true })
    })

    test('P31 the team: moderators, bans and timeouts for staff, blocked people and members for the host', async () => {
      const { say, get, at, ada, bob, carol, mod, host, act } = await openReading(store)
      await say(ada, 'x')
      await act(host, { type: 'appoint', target: carol, everywhere: true })
      await act(mod, { type: 'ban', target: ada, seconds: 3_600, reason: 'spam' })
      await act(mod, { type: 'timeout', target: bob, seconds: 60 })
      await act(host, { type: 'block', target: bob })
      await act(host, { type: 'enrol', target: ada })
      const team = (await get<Team>(mod, `${at}/team`)).body
      expect(team).toMatchObject({
        bans: [{ id: ada, name: 'Ada', reason: 'spam', by: { id: mod, name: 'Mo' } }],
        timeouts: [{ id: bob, name: 'Bob', reason: null, by: { id: mod } }],
      })
      expect(team.moderators).toHaveLength(2)
      expect(team.moderators).toContainEqual({ id: mod, name: 'Mo', everywhere: false })
      expect(team.moderators).toContainEqual({ id: carol, name: 'Carol', everywhere: true })
      expect(Object.keys(team).sort()).toEqual(['bans', 'moderators', 'timeouts'])
      const whole = (await get<Team>(host, `${at}/team`)).body
      expect(whole).toMatchObject({
        blocked: [{ id: bob, name: 'Bob' }],
        members: [{ id: ada, until: null }],
      })
      // A moderator who is banned is one no longer.
      await act(host, { type: 'ban', target: mod, seconds: null })
      expect((await get(mod, `${at}/team`)).status).toBe(404)
      expect((await get(mod, `${at}/people/${ada}`)).status).toBe(404)
    })

    test('P8 P30 P31 P32 what is not yours is byte for byte what does not exist, on every route', async () => {
      const { say, as, at, ada, bob, carol, mod, stream, world, act } = await openReading(store)
      await say(bob, 'hello')
      await say(bob, 'secret', { viewer: bob })
      await store.ban(stream, ada, null)
      const routes: [method: string, path: string, staff: boolean][] = [
        ['GET', `/people/${bob}`, true],
        ['GET', '/team', true],
        ['GET', '/export/public', false],
        ['GET', '/export/private', false],
        ['GET', '/export/audit', false],
        ['GET', '/export/audit?format=csv', false],
        ['DELETE', '', false],
      ]
      const nowhere = `/api/streams/s-${randomUUID()}`
      let compared = 0
      for (const [name, who] of [
        ['nobody', null],
        ['banned', ada],
        ['other host', carol],
        ['moderator', mod],
      ] as const) {
        const browser = await as(who)
        for (const [method, path, staff] of routes) {
          if (staff && name === 'moderator') continue
          world.clock.step(600_000)
          const random = await bytesOf(browser, method, nowhere + path)
          world.clock.step(600_000)
          expect([name, path, await bytesOf(browser, method, at + path)]).toEqual([name, path, random])
          expect(random).toMatch(who === null ? /^\[401/ : /^\[404/)
          compared += 1
        }
      }
      expect(compared).toBe(26)
      expect((await act(mod, { type: 'delete', target: (await say(bob, 'x')).id! })).dup).toBe(false) // it is all there
    })
  })

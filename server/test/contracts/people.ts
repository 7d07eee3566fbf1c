// Contract of people: accounts, sessions, one-time links, invites.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewAccount, Principal } from '../../app/ports.ts'
import { codeOf, valueOf, type MakeWorld, type World } from './world.ts'

const HOUR = 3_600_000

export function peopleContract(make: MakeWorld): void {
  describe('people', () => {
    let world: World
    const now = Date.now()
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    const account = (more: Partial<NewAccount> = {}): NewAccount => ({
      id: randomUUID(),
      name: 'Ada',
      email: `${randomUUID()}@example.org`,
      passwordHash: 'hash',
      canHost: false,
      now,
      ...more,
    })
    const create = async (more: Partial<NewAccount> = {}): Promise<Principal> =>
      valueOf(await world.people.createAccount(account(more)))

    test('I1 the first start makes one host, however many do it at once; without a password it is unclaimed', async () => {
      const { people } = world
      await create()
      expect(await people.unclaimedHost()).toBeNull()
      const ids = Array.from({ length: 6 }, () => randomUUID())
      const made = await Promise.all(ids.map((id) => people.createFirstHost({ id, name: 'Host' })))
      expect(made.filter((yes) => yes)).toHaveLength(1)
      const host = ids[made.indexOf(true)]!
      expect(await people.find(host)).toMatchObject({
        ...{ kind: 'account', name: 'Host', canHost: true, email: null, hasPassword: false },
      })
      for (const id of ids) if (id !== host) expect(await people.find(id)).toBeNull()
      expect(await people.unclaimedHost()).toBe(host)
      valueOf(await people.update(host, { passwordHash: 'hash' }))
      expect(await people.unclaimedHost()).toBeNull()
      expect(await people.createFirstHost({ id: randomUUID(), name: 'Another' })).toBe(false)
    })

    test('I1 a login link works once and not after its time', async () => {
      const { people } = world
      const { id } = await create()
      await people.createLoginLink({ tokenHash: `once-${id}`, principal: id, expiresAt: now + HOUR })
      await people.createLoginLink({ tokenHash: `late-${id}`, principal: id, expiresAt: now + HOUR })
      const redeemed = await Promise.all([1, 2, 3].map(() => people.redeemLoginLink(`once-${id}`, now)))
      expect(redeemed.filter((found) => found !== null)).toEqual([id])
      expect(await people.redeemLoginLink(`once-${id}`, now)).toBeNull()
      expect(await people.redeemLoginLink(`late-${id}`, now + HOUR)).toBeNull()
      expect(await people.redeemLoginLink('never', now)).toBeNull()
    })

    test('I2 a session is valid only while its row lives and its time lasts', async () => {
      const { people } = world
      const ada = await create()
      const session = { id: randomUUID(), principal: ada.id, expiresAt: now + HOUR }
      await people.createSession(session)
      expect(await people.sessionPrincipal(session.id, now)).toEqual(ada)
      expect(await people.sessionPrincipal(session.id, now + HOUR)).toBeNull()
      await people.endSession(session.id)
      expect(await people.sessionPrincipal(session.id, now)).toBeNull()
      expect(await people.sessionPrincipal(randomUUID(), now)).toBeNull()
    })

    test('I7 all other sessions of a person end, nobody else’s do', async () => {
      const { people } = world
      const [ada, bob] = [await create(), await create()]
      const open = async (principal: string) => {
        const id = randomUUID()
        await people.createSession({ id, principal, expiresAt: now + HOUR })
        return id
      }
      const [here, there, bobs] = [await open(ada.id), await open(ada.id), await open(bob.id)]
      await people.endSessions(ada.id, here)
      const live = async () =>
        Promise.all([here, there, bobs].map(async (id) => (await people.sessionPrincipal(id, now)) !== null))
      expect(await live()).toEqual([true, false, true])
      await people.endSessions(ada.id)
      expect(await live()).toEqual([false, false, true])
    })

    test('I4 an invite is used once, within its time, and says whether one may host', async () => {
      const { people } = world
      const host = await create({ canHost: true })
      const invite = async (canHost: boolean, expiresAt = now + HOUR) => {
        const tokenHash = randomUUID()
        await people.createInvite({ tokenHash, by: host.id, canHost, expiresAt })
        return tokenHash
      }
      const attempt = async (inviteHash: string, more: Partial<NewAccount> = {}) =>
        people.createAccount(account({ inviteHash, ...more }))
      const good = await invite(true)
      expect(codeOf(await attempt(good, { email: host.email }))).toBe('email_taken')
      expect(valueOf(await attempt(good)).canHost).toBe(true)
      expect(codeOf(await attempt(good))).toBe('invite_needed')
      expect(codeOf(await attempt(randomUUID()))).toBe('invite_needed')
      expect(codeOf(await attempt(await invite(true, now)))).toBe('invite_needed')
      expect(valueOf(await attempt(await invite(false), { canHost: true })).canHost).toBe(false)
      const raced = await invite(false)
      const codes = (await Promise.all([1, 2, 3, 4].map(() => attempt(raced)))).map(codeOf)
      expect(codes.sort()).toEqual(['invite_needed', 'invite_needed', 'invite_needed', 'ok'])
    })

    test('an address belongs to one account, however it is written', async () => {
      const { people } = world
      const email = `Ada.${randomUUID()}@Example.org`
      const ada = await create({ email })
      expect(codeOf(await people.createAccount(account({ email: email.toLowerCase() })))).toBe('email_taken')
      expect(await people.credentials(email.toUpperCase())).toEqual({ id: ada.id, passwordHash: 'hash' })
      expect(await people.credentials('nobody@example.org')).toBeNull()
      const bob = await create()
      expect(codeOf(await people.update(bob.id, { name: 'Bobby', email }))).toBe('email_taken')
      expect((await people.find(bob.id))?.name).toBe('Ada')
      const raced = Array.from({ length: 4 }, () => account({ email: 'raced@example.org' }))
      const codes = (await Promise.all(raced.map((each) => people.createAccount(each)))).map(codeOf)
      expect(codes.filter((code) => code === 'ok')).toHaveLength(1)
      const found = await Promise.all(raced.map(({ id }) => people.find(id)))
      expect(found.filter((person) => person !== null)).toHaveLength(1)
    })

    test('a guest has a name and nothing else, and keeps its id when it signs up', async () => {
      const { people } = world
      const id = randomUUID()
      await people.createGuest({ id, name: 'Guest' })
      const guest = { id, kind: 'guest', name: 'Guest', canHost: false, email: null, hasPassword: false }
      expect(await people.find(id)).toEqual(guest)
      expect(codeOf(await people.update(id, { email: 'g@example.org' }))).toBe('not_allowed')
      expect(codeOf(await people.update(id, { passwordHash: 'x' }))).toBe('not_allowed')
      expect(valueOf(await people.update(id, { name: 'Renamed' })).name).toBe('Renamed')
      for (const session of ['phone', 'stolen'])
        await people.createSession({ id: `${session}-${id}`, principal: id, expiresAt: now + HOUR })
      expect(await create({ id, name: 'Ada' })).toMatchObject({ id, kind: 'account', name: 'Ada' })
      for (const session of ['phone', 'stolen'])
        expect(await people.sessionPrincipal(`${session}-${id}`, now)).toBeNull()
      await expect(people.createAccount(account({ id }))).rejects.toThrow()
      expect(await people.find(randomUUID())).toBeNull()
      expect(codeOf(await people.update(randomUUID(), { name: 'x' }))).toBe('not_found')
    })

    test('a change touches what it names', async () => {
      const { people } = world
      const ada = await create()
      expect(valueOf(await people.update(ada.id, { name: 'Countess' }))).toEqual({ ...ada, name: 'Countess' })
      valueOf(await people.update(ada.id, { passwordHash: 'other' }))
      expect(await people.passwordHash(ada.id)).toBe('other')
      expect(await people.passwordHash(randomUUID())).toBeNull()
      expect(valueOf(await people.update(ada.id, {}))).toEqual({ ...ada, name: 'Countess' })
    })
  })
}

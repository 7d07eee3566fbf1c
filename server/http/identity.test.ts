import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createWorld } from '../test/web-world.ts'
import type { Me } from '../../shared/api/identity.ts'

const ADA = { email: 'ada@example.org', password: 'correct horse', name: 'Ada' }
const principalOf = (reply: { body: unknown }) => (reply.body as Me).principal

test('nobody is nobody, a guest has the name it chose or one made up', async () => {
  const world = createWorld()
  const browser = world.browser()
  expect((await browser.get('/api/me')).body).toEqual({ principal: null, signUp: 'open' })
  const named = await browser.post('/api/guest', { name: ' Bo  Peep ' })
  expect([named.status, principalOf(named)]).toMatchObject([201, { name: 'Bo Peep', kind: 'guest' }])
  expect(principalOf(await browser.get('/api/me'))).toEqual(principalOf(named))
  const nameless = principalOf(await world.browser().post('/api/guest'))
  expect(nameless?.name).toMatch(/^Guest \d+$/)
  const renamed = await browser.patch('/api/me', { name: 'Bo' })
  expect(principalOf(renamed)).toMatchObject({ id: principalOf(named)?.id, name: 'Bo' })
})

test('I2 the cookie is HttpOnly, SameSite=Lax, and Secure and bound to its host over https', async () => {
  const over = async (publicUrl: string) => {
    const reply = await createWorld({ publicUrl }).browser().post('/api/guest')
    return reply.headers
      .getSetCookie()[0]
      ?.split('; ')
      .map((part) => part.replace(/=ey.*/, '=token'))
  }
  expect(await over('https://stage.example')).toEqual([
    '__Host-session=token',
    'Max-Age=2592000',
    'Path=/',
    'HttpOnly',
    'Secure',
    'SameSite=Lax',
  ])
  expect(await over('http://localhost:8080')).toEqual([
    'session=token',
    'Max-Age=2592000',
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
  ])
})

test('I2 a session is valid only while its row lives and for thirty days', async () => {
  const world = createWorld()
  const browser = world.browser()
  await browser.post('/api/guest')
  const thief = world.browser()
  thief.steal(browser.cookie())
  expect(principalOf(await thief.get('/api/me'))).not.toBeNull()
  const out = await browser.post('/api/sign-out')
  expect(principalOf(out)).toBeNull()
  expect(browser.cookie()).toBeNull()
  expect(principalOf(await thief.get('/api/me'))).toBeNull()

  await browser.post('/api/guest')
  await world.clock.advance(30 * 86_400_000)
  expect(principalOf(await browser.get('/api/me'))).toBeNull()
})

test('I3 a session row of one person with the token of another is nobody', async () => {
  const world = createWorld()
  const [ada, bob] = [world.browser(), world.browser()]
  const adaId = principalOf(await ada.post('/api/guest'))?.id
  await bob.post('/api/guest')
  const bobs = await world.tokens.readSession(bob.cookie()?.split('=')[1] ?? '')
  const mixed = await world.tokens.session({
    session: bobs?.session ?? '',
    principal: adaId ?? '',
    expiresAt: world.clock.now() + 1_000,
  })
  ada.steal(`__Host-session=${mixed}`)
  expect(principalOf(await ada.get('/api/me'))).toBeNull()
})

test('I3 a pass in the cookie is nobody, and claims of power in a token change nothing', async () => {
  const world = createWorld()
  const browser = world.browser()
  await browser.post('/api/guest')
  const [name = '', token = ''] = browser.cookie()?.split('=') ?? []
  const claims = (await world.tokens.readSession(token)) ?? { session: '', principal: '' }
  const { session, principal } = claims
  const expiresAt = world.clock.now() + 60_000
  browser.steal(`${name}=${await world.tokens.pass({ session, principal, stream: 'x', expiresAt })}`)
  expect(principalOf(await browser.get('/api/me'))).toBeNull()

  const now = Math.floor(world.clock.now() / 1_000)
  const boasting = await new SignJWT({ sid: session, canHost: true, role: 'host' })
    .setProtectedHeader({ alg: 'HS256', typ: 'session+jwt' })
    .setIssuer('stagedoor')
    .setAudience('session')
    .setSubject(principal)
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(world.key)
  browser.steal(`${name}=${boasting}`)
  expect(principalOf(await browser.get('/api/me'))).toMatchObject({ canHost: false })
  expect((await browser.post('/api/streams', { title: 'Mine now' })).body).toMatchObject({
    code: 'not_allowed',
  })
})

test('signing up, out and in again; the address is the same in any case', async () => {
  const world = createWorld()
  const browser = world.browser()
  const up = await browser.post('/api/sign-up', ADA)
  expect([up.status, principalOf(up)]).toMatchObject([
    200,
    { kind: 'account', name: 'Ada', email: ADA.email, canHost: false, hasPassword: true },
  ])
  await browser.post('/api/sign-out')
  const back = await browser.post('/api/sign-in', { email: 'ADA@example.org', password: ADA.password })
  expect(principalOf(back)).toEqual(principalOf(up))
  const again = await world.browser().post('/api/sign-up', ADA)
  expect([again.status, again.body]).toMatchObject([409, { code: 'email_taken' }])
})

test('I8 A44 a guest who signs up stays the same person; its id in the hands of another moves nothing', async () => {
  const world = createWorld()
  const ada = world.browser()
  const guest = principalOf(await ada.post('/api/guest', { name: 'Ada' }))
  const mallory = world.browser()
  await mallory.post('/api/guest')
  for (const field of ['id', 'guest', 'principal', 'keep'])
    expect((await mallory.post('/api/sign-up', { ...ADA, [field]: guest?.id })).body).toMatchObject({
      code: 'bad_request',
      field,
    })
  const bob = { ...ADA, email: 'bob@example.org' }
  expect(principalOf(await mallory.post('/api/sign-up', bob))?.id).not.toBe(guest?.id)
  expect(principalOf(await ada.get('/api/me'))).toEqual(guest)
  const account = principalOf(await ada.post('/api/sign-up', ADA))
  expect(account).toMatchObject({ id: guest?.id, kind: 'account' })
  expect(principalOf(await ada.get('/api/me'))).toEqual(account)
  // Signing in to an account that was there before brings nothing of the guest along.
  const other = world.browser()
  const left = principalOf(await other.post('/api/guest'))
  const back = principalOf(await other.post('/api/sign-in', { email: ADA.email, password: ADA.password }))
  expect([back?.id, left?.id === back?.id]).toEqual([guest?.id, false])
})

test('whoever signs in leaves the session this browser had, and its sockets close', async () => {
  const world = createWorld()
  const browser = world.browser()
  const guest = principalOf(await browser.post('/api/guest'))
  await browser.post('/api/sign-up', ADA)
  expect(world.sessionCount()).toBe(1)
  expect(world.notices).toEqual([{ type: 'revoked' }])
  expect(world.revocations).toMatchObject([
    { kind: 'session', principal: guest?.id, session: null, except: null },
  ])
})

test('I4 sign-up follows the policy: open, by invite, or closed', async () => {
  const closed = createWorld({ signUp: 'closed' })
  expect((await closed.browser().post('/api/sign-up', ADA)).body).toMatchObject({ code: 'sign_up_closed' })
  expect((await (await closed.host()).post('/api/invites', { canHost: false })).status).toBe(403)

  const world = createWorld({ signUp: 'invite' })
  const host = await world.host()
  expect((await world.browser().post('/api/sign-up', ADA)).body).toMatchObject({ code: 'invite_needed' })
  const unknown = { ...ADA, invite: 'not-an-invite-of-this-server' }
  expect((await world.browser().post('/api/sign-up', unknown)).body).toMatchObject({ code: 'invite_needed' })
  const invited = await host.post('/api/invites', { canHost: true })
  const { url } = invited.body as { url: string }
  expect([invited.status, url]).toEqual([201, expect.stringMatching(/^https:\/\/stage\.example\/sign-up#./)])
  const invite = url.split('#')[1]
  expect(principalOf(await world.browser().post('/api/sign-up', { ...ADA, invite }))).toMatchObject({
    canHost: true,
  })
  const second = { ...ADA, name: 'Bob', email: 'bob@example.org', invite }
  expect((await world.browser().post('/api/sign-up', second)).body).toMatchObject({ code: 'invite_needed' })
})

test('only who may host invites', async () => {
  const world = createWorld()
  const browser = world.browser()
  expect((await browser.post('/api/invites', { canHost: true })).body).toMatchObject({ code: 'sign_in' })
  await browser.post('/api/sign-up', ADA)
  expect((await browser.post('/api/invites', { canHost: true })).body).toMatchObject({ code: 'not_allowed' })
})

test('I1 the first start gives one link that works once, and a fresh one until there is a password', async () => {
  const world = createWorld()
  const first = await world.hostLink()
  expect(first).toMatch(/^https:\/\/stage\.example\/enter#.{43}/)
  const second = await world.hostLink()
  expect(second).not.toBe(first)
  const enter = (link: string | null, browser = world.browser()) =>
    browser.post('/api/sign-in/link', { token: link?.split('#')[1] })

  const host = world.browser()
  const entered = principalOf(await enter(first, host))
  expect(entered).toMatchObject({ kind: 'account', canHost: true, email: null, hasPassword: false })
  const used = await enter(first)
  expect([used.status, used.body]).toMatchObject([401, { code: 'link_used' }])
  expect(principalOf(await enter(second))?.id).toBe(entered?.id)

  const third = await world.hostLink()
  await world.clock.advance(24 * 3_600_000)
  expect((await enter(third)).body).toMatchObject({ code: 'link_used' })

  const claimed = await host.patch('/api/me', { email: 'host@example.org', password: 'a long password' })
  expect(principalOf(claimed)).toMatchObject({ email: 'host@example.org', hasPassword: true })
  expect(await world.hostLink()).toBeNull()
})

test('I1 a password without an address to sign in with is refused', async () => {
  const host = await createWorld().host()
  const reply = await host.patch('/api/me', { password: 'a long password' })
  expect(reply.body).toMatchObject({ code: 'bad_request', field: 'email' })
})

test('I5 a missing account, a wrong password and an account without one cost the same and answer alike', async () => {
  const world = createWorld()
  await world.browser().post('/api/sign-up', ADA)
  const replies = []
  for (const email of ['nobody@example.org', ADA.email]) {
    const { status, body } = await world.browser().post('/api/sign-in', { email, password: 'wrong' })
    replies.push({ status, body })
  }
  expect(replies[0]).toEqual(replies[1])
  expect(replies[0]).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
  expect(world.verified).toEqual([null, `hash of ${ADA.password}`])
})

test('I5 A59 guesses are limited per account from many addresses, and per address at many accounts', async () => {
  const world = createWorld()
  await world.browser().post('/api/sign-up', ADA)
  const guess = (email: string, address: string, password = 'wrong') =>
    world.browser(address).post('/api/sign-in', { email, password })
  for (let i = 0; i < 5; i += 1) expect((await guess(ADA.email, `198.51.100.${i}`)).status).toBe(401)
  const refused = await guess(ADA.email, '198.51.100.9', ADA.password)
  expect([refused.status, refused.body]).toMatchObject([429, { code: 'rate_limited', retryAfterMs: 6_000 }])
  expect(refused.headers.get('retry-after')).toBe('6')
  const verifiedBefore = world.verified.length
  for (let i = 0; i < 10; i += 1) await guess(`n${i}@example.org`, '203.0.113.1')
  expect((await guess('n11@example.org', '203.0.113.1')).status).toBe(429)
  expect(world.verified.length - verifiedBefore).toBe(10)
  await world.clock.advance(6_000)
  expect((await guess(ADA.email, '198.51.100.9', ADA.password)).status).toBe(200)
})

test('A59 guests and sign-ups are limited per address', async () => {
  const world = createWorld()
  const statuses = []
  for (let i = 0; i < 61; i += 1) statuses.push((await world.browser().post('/api/guest')).status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(60)
  expect((await world.browser('192.0.2.2').post('/api/guest')).status).toBe(201)
  for (let i = 0; i < 11; i += 1)
    statuses.push((await world.browser().post('/api/sign-up', { ...ADA, email: `a${i}@example.org` })).status)
  expect(statuses.at(-1)).toBe(429)
})

test('I7 changing the password needs the present one and ends all other sessions', async () => {
  const world = createWorld()
  const [phone, laptop] = [world.browser(), world.browser()]
  await phone.post('/api/sign-up', ADA)
  await laptop.post('/api/sign-in', ADA_SIGN_IN)
  const change = { password: 'another horse' }
  for (const currentPassword of [undefined, 'wrong'])
    expect((await phone.patch('/api/me', { ...change, currentPassword })).body).toMatchObject({
      code: 'wrong_credentials',
      field: 'currentPassword',
    })
  expect(principalOf(await laptop.get('/api/me'))).not.toBeNull()

  expect((await phone.patch('/api/me', { ...change, currentPassword: ADA.password })).status).toBe(200)
  const me = principalOf(await phone.get('/api/me'))
  expect(me).toMatchObject({ name: 'Ada' })
  expect(principalOf(await laptop.get('/api/me'))).toBeNull()
  expect(world.notices.at(-1)).toEqual({ type: 'revoked' })
  const except = expect.any(String) as string
  expect(world.revocations.at(-1)).toMatchObject({ principal: me?.id, session: null, except })
  expect((await laptop.post('/api/sign-in', ADA_SIGN_IN)).status).toBe(401)
  expect((await laptop.post('/api/sign-in', { ...ADA_SIGN_IN, ...change })).status).toBe(200)
})
const ADA_SIGN_IN = { email: ADA.email, password: ADA.password }

test('a guest changes its name and nothing else; an e-mail that is taken is refused', async () => {
  const world = createWorld()
  const guest = world.browser()
  await guest.post('/api/guest')
  expect((await guest.patch('/api/me', { email: 'g@example.org' })).body).toMatchObject({
    code: 'not_allowed',
  })
  await world.browser().post('/api/sign-up', ADA)
  await guest.post('/api/sign-up', { ...ADA, email: 'bob@example.org' })
  const taken = await guest.patch('/api/me', { email: ADA.email, currentPassword: ADA.password })
  expect(taken.body).toMatchObject({ code: 'email_taken', field: 'email' })
  expect((await world.browser().patch('/api/me', { name: 'Nobody' })).body).toMatchObject({ code: 'sign_in' })
})

test('signing out everywhere ends every session of that person and tells every node', async () => {
  const world = createWorld()
  const [phone, laptop, other] = [world.browser(), world.browser(), world.browser()]
  const ada = principalOf(await phone.post('/api/sign-up', ADA))
  await laptop.post('/api/sign-in', ADA_SIGN_IN)
  await other.post('/api/guest')
  expect((await phone.post('/api/sign-out/everywhere')).status).toBe(200)
  expect(principalOf(await laptop.get('/api/me'))).toBeNull()
  expect(principalOf(await other.get('/api/me'))).not.toBeNull()
  expect(world.notices).toEqual([{ type: 'revoked' }])
  expect(world.revocations).toMatchObject([{ principal: ada?.id, session: null, except: null }])
  expect((await phone.post('/api/sign-out/everywhere')).body).toMatchObject({ code: 'sign_in' })
})

test.each([
  ['/api/guest', { name: '\u202egnp' }, 'name'],
  ['/api/guest', { name: 'x', role: 'host' }, 'role'],
  ['/api/sign-up', { ...ADA, password: 'short' }, 'password'],
  ['/api/sign-up', { ...ADA, email: 'nowhere' }, 'email'],
  ['/api/sign-up', { ...ADA, email: 'a\0@b.example' }, 'email'],
  ['/api/sign-up', { ...ADA, canHost: true }, 'canHost'],
  ['/api/sign-up', { email: ADA.email, name: 'Ada' }, 'password'],
  ['/api/sign-in', { email: ADA.email, password: 7 }, 'password'],
  ['/api/sign-in/link', { token: 'short' }, 'token'],
  ['/api/sign-in', [], 'email'],
])('%s with %j is refused and the field is named', async (path, body, field) => {
  const reply = await createWorld().browser().post(path, body)
  expect([reply.status, reply.body]).toMatchObject([400, { code: 'bad_request', field }])
})

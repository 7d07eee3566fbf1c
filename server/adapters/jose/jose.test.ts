import { createHmac, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { exportJWK, SignJWT, UnsecuredJWT, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { expect, test } from 'vitest'
import { createHandClock } from '../../test/clock.ts'
import { createTokens } from './index.ts'

const START = Date.UTC(2026, 0, 1)

const clock = createHandClock(START)
const key = createSecretKey(randomBytes(32))
const tokens = createTokens({ key, clock })
const now = Math.floor(clock.now() / 1_000)

const SESSION: JWTPayload = { iss: 'stagedoor', aud: 'session', sub: 'p', sid: 's', iat: now, exp: now + 60 }
const HEADER: JWTHeaderParameters = { alg: 'HS256', typ: 'session+jwt' }
const signed = (claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}, by = key) =>
  new SignJWT(claims).setProtectedHeader({ ...HEADER, ...header }).sign(by)
/** The library refuses to sign some of what it must refuse to read. */
const byHand = (header: object) => {
  const signing = [header, SESSION]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signing}.${createHmac('sha256', key).update(signing).digest('base64url')}`
}
const without = (claim: string) =>
  Object.fromEntries(Object.entries(SESSION).filter(([name]) => name !== claim)) as JWTPayload

test('I3 what is signed here is read here, until it expires', async () => {
  const expiresAt = clock.now() + 60_000
  const session = await tokens.session({ session: 's', principal: 'p', expiresAt })
  expect(await tokens.readSession(session)).toEqual({ session: 's', principal: 'p' })
  const claims = { session: 's', principal: 'p', stream: 'x', expiresAt }
  const pass = await tokens.pass(claims)
  expect(await tokens.readPass(pass)).toEqual(claims)
  const later = createTokens({ key, clock: createHandClock(expiresAt + 1_000) })
  expect([await later.readSession(session), await later.readPass(pass)]).toEqual([null, null])
})

test('I3 the hand-made sessions that the refusals below start from are good ones', async () => {
  expect(await tokens.readSession(byHand(HEADER))).toEqual({ session: 's', principal: 'p' })
  expect(await tokens.readSession(await signed(SESSION))).toEqual({ session: 's', principal: 'p' })
})

const pair = generateKeyPairSync('ed25519')
const forgeries: [string, () => Promise<string> | string][] = [
  ['no algorithm', () => new UnsecuredJWT(SESSION).encode()],
  ['another algorithm', () => signed(SESSION, { alg: 'HS512' }, createSecretKey(randomBytes(64)))],
  [
    'our key with another algorithm',
    () => signed(SESSION, { alg: 'HS384' }, createSecretKey(Buffer.concat([key.export(), key.export()]))),
  ],
  ['the key of another deployment', () => signed(SESSION, {}, createSecretKey(randomBytes(32)))],
  [
    'a key of its own in the header',
    async () =>
      new SignJWT(SESSION)
        .setProtectedHeader({ alg: 'EdDSA', typ: 'session+jwt', jwk: await exportJWK(pair.publicKey) })
        .sign(pair.privateKey),
  ],
  [
    'a key to be fetched',
    () => signed(SESSION, { jku: 'https://evil.example/keys' }, createSecretKey(randomBytes(32))),
  ],
  [
    'a key id that is a path',
    () => signed(SESSION, { kid: '../../dev/null' }, createSecretKey(randomBytes(32))),
  ],
  ['another audience', () => signed({ ...SESSION, aud: 'pass' })],
  ['another issuer', () => signed({ ...SESSION, iss: 'elsewhere' })],
  ['another type', () => signed(SESSION, { typ: 'pass+jwt' })],
  ['the plain type', () => signed(SESSION, { typ: 'JWT' })],
  ...['iss', 'aud', 'sub', 'sid', 'iat', 'exp'].map((claim): [string, () => Promise<string>] => [
    `no ${claim}`,
    () => signed(without(claim)),
  ]),
  ['an id that is no text', () => signed({ ...SESSION, sid: { $ne: null } })],
  ['a time before which it is not valid', () => signed({ ...SESSION, nbf: now + 30 })],
  ['an extension nobody knows', () => byHand({ ...HEADER, crit: ['exp2'], exp2: 1 })],
  ['an age beyond the limit, whatever its end', () => signed({ ...SESSION, iat: now - 32 * 86_400 })],
  [
    'an altered payload',
    async () => {
      const [head, , tail] = (await signed(SESSION)).split('.')
      return [head, Buffer.from(JSON.stringify({ ...SESSION, sub: 'q' })).toString('base64url'), tail].join(
        '.',
      )
    },
  ],
  ['nothing', () => ''],
  ['three dots', () => '...'],
  ['far too much', () => 'a'.repeat(100_000)],
]

test.each(forgeries)('I3 A50 A51 A52 A53 A54 A55 a session with %s is refused', async (_, forge) => {
  expect(await tokens.readSession(await forge())).toBeNull()
})

test('I3 A54 a pass is no session and a session no pass', async () => {
  const expiresAt = clock.now() + 60_000
  const pass = await tokens.pass({ session: 's', principal: 'p', stream: 'x', expiresAt })
  const session = await tokens.session({ session: 's', principal: 'p', expiresAt })
  expect([await tokens.readSession(pass), await tokens.readPass(session)]).toEqual([null, null])
})

test('P37 I3 A54 an overlay’s pass is no pass of a person and no session, nor the other way round', async () => {
  const expiresAt = clock.now() + 60_000
  const claims = { key: 'k', stream: 'x', expiresAt }
  const overlay = await tokens.overlay(claims)
  expect(await tokens.readOverlay(overlay)).toEqual(claims)
  expect([await tokens.readPass(overlay), await tokens.readSession(overlay)]).toEqual([null, null])
  const pass = await tokens.pass({ session: 's', principal: 'p', stream: 'x', expiresAt })
  const session = await tokens.session({ session: 's', principal: 'p', expiresAt })
  expect([await tokens.readOverlay(pass), await tokens.readOverlay(session)]).toEqual([null, null])
  const later = createTokens({ key, clock: createHandClock(expiresAt + 1_000) })
  expect(await later.readOverlay(overlay)).toBeNull()
})

test('the largest token we make leaves room in the 4 KB a request head may have', async () => {
  const uuid = crypto.randomUUID()
  const token = await tokens.pass({ session: uuid, principal: uuid, stream: uuid, expiresAt: clock.now() })
  expect(token.length).toBeLessThan(1_024)
})

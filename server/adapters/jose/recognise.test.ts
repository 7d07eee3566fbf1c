// The quick reader against the library: whatever it takes, the library takes, with the same claims.
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { errors, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { createHandClock } from '../../test/clock.ts'
import { createTokens } from './index.ts'
import { createRecognise } from './recognise.ts'

const clock = createHandClock(Date.UTC(2026, 0, 1))
const now = Math.floor(clock.now() / 1_000)
const key = createSecretKey(randomBytes(32))
const wanted = {
  algorithm: 'HS256',
  type: 'pass+jwt',
  issuer: 'stagedoor',
  audience: 'pass',
  maxAgeSeconds: 3_600,
} as const
const recognise = createRecognise(key, wanted)
const tokens = createTokens({ key, clock })

const HEADER = { alg: 'HS256', typ: 'pass+jwt' }
const PASS = { iss: 'stagedoor', aud: 'pass', sub: 'p', sid: 's', stream: 'x', iat: now, exp: now + 60 }
const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url')
const signed = (header: string, payload: string, by = key) =>
  `${header}.${payload}.${createHmac('sha256', by).update(`${header}.${payload}`).digest('base64url')}`
const tokenOf = (claims: object, header: object = HEADER) =>
  signed(base64url(JSON.stringify(header)), base64url(JSON.stringify(claims)))

/** What the library says by the rules of a pass. */
async function judged(token: string): Promise<object | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      issuer: wanted.issuer,
      audience: wanted.audience,
      typ: wanted.type,
      requiredClaims: ['sub', 'iat', 'exp', 'sid', 'stream'],
      maxTokenAge: wanted.maxAgeSeconds,
      currentDate: new Date(clock.now()),
    })
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

const strings = ['sub', 'sid', 'stream'] as const
const isPass = (claims: object): claims is typeof PASS =>
  strings.every((name) => typeof Object.getOwnPropertyDescriptor(claims, name)?.value === 'string')

async function agree(token: string): Promise<boolean> {
  const [quick, library] = [recognise(token, now), await judged(token)]
  if (quick && isPass(quick)) expect(library).toEqual(quick)
  const { sub, sid, stream, exp } = library && isPass(library) ? library : {}
  const pass = { principal: sub, session: sid, stream, expiresAt: Number(exp) * 1_000 }
  expect(await tokens.readPass(token)).toEqual(library && isPass(library) ? pass : null)
  return quick !== null
}

test('I3 what is signed here is recognised, and not after its end, before its time or for another use', async () => {
  const of = { session: 's', principal: 'p', stream: 'x' }
  const pass = await tokens.pass({ ...of, expiresAt: clock.now() + 60_000 })
  expect(recognise(pass, now)).toEqual(PASS)
  expect([now + 59, now + 60, now - 1].map((at) => recognise(pass, at) !== null)).toEqual([
    true,
    false,
    false,
  ])
  const long = tokenOf({ ...PASS, exp: now + 1e6 })
  expect([now + 3_600, now + 3_601].map((at) => recognise(long, at) !== null)).toEqual([true, false])
  expect(recognise(await tokens.session({ ...of, expiresAt: clock.now() + 60_000 }), now)).toBeNull()
})

const odd = fc.oneof(
  fc.constantFrom(now, now + 1, now + 60, now - 3_600, now - 3_601, now + 0.5, 'pass', ['pass'], ''),
  fc.constantFrom(null, true, {}, [], '\ufffd', 'stagedoor', ['stagedoor'], 'session', '\u00fc', String(now)),
  fc.integer(),
)
const names = ['iss', 'aud', 'sub', 'sid', 'stream', 'iat', 'exp', 'nbf', 'jti', '__proto__', 'constructor']
const bentClaims = fc
  .tuple(fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 2 }), fc.subarray(names, { maxLength: 1 }))
  .map(([changed, gone]) =>
    Object.fromEntries(Object.entries({ ...PASS, ...changed }).filter(([name]) => !gone.includes(name))),
  )
const header = fc.oneof(
  { weight: 3, arbitrary: fc.constant(HEADER) },
  fc
    .dictionary(fc.constantFrom('alg', 'typ', 'crit', 'b64', 'kid'), odd)
    .map((more) => ({ ...HEADER, ...more })),
  fc.constantFrom(
    { typ: 'pass+jwt', alg: 'HS256' },
    { alg: 'HS256', typ: 'application/pass+jwt' },
    { alg: 'HS256', typ: 'PASS+JWT' },
    { alg: 'none', typ: 'pass+jwt' },
    { alg: 'HS256', typ: 'session+jwt' },
  ),
)

test('I3 A51 A53 bent claims and headers under our own key: the quick reader takes nothing the library refuses', async () => {
  let recognised = 0
  await fc.assert(
    fc.asyncProperty(bentClaims, header, async (claims, head) => {
      if (await agree(tokenOf(claims, head))) recognised++
    }),
    { numRuns: 3_000 },
  )
  expect(recognised).toBeGreaterThan(100)
})

test('I3 A50 A52 bent letters of a good token: the quick reader takes nothing but the token itself', async () => {
  const good = tokenOf(PASS)
  const letter = fc.constantFrom(...Array.from('AZaz09-_+/=. \n\u0141\u00e9'))
  const at = fc.nat(good.length)
  const bend = fc.oneof(
    fc.tuple(at, letter).map(([i, to]) => good.slice(0, i) + to + good.slice(i + 1)),
    fc.tuple(at, letter).map(([i, more]) => good.slice(0, i) + more + good.slice(i)),
    fc.tuple(at, at).map(([i, j]) => good.slice(0, i) + good.slice(j)),
  )
  await fc.assert(
    fc.asyncProperty(bend, async (token) => {
      expect(await agree(token)).toBe(token === good)
    }),
    { numRuns: 2_000 },
  )
})

test('I3 payloads that are no object, no JSON, no UTF-8 or no base64url', async () => {
  const head = base64url(JSON.stringify(HEADER))
  const payload = base64url(JSON.stringify(PASS))
  const endless = base64url(JSON.stringify(PASS).replace(String(now + 60), '1e999'))
  const texts = ['null', '[]', '7', '"x"', '{', '', `\ufeff${JSON.stringify(PASS)}`, '{"iss":"\ufffd"}']
  const bytes = [Buffer.from([0xff, 0xfe]), Buffer.from('{"sub":"\xff"}', 'latin1')]
  const payloads = [...texts, ...bytes].map((each) => base64url(each))
  for (const bent of [...payloads, `${payload}=`, `${payload}A`, `${payload} `, `${payload}\u0141`, endless])
    expect(await agree(signed(head, bent))).toBe(false)
  expect(await agree(signed(head, payload, createSecretKey(randomBytes(32))))).toBe(false)
  expect(await agree(signed(head, payload))).toBe(true)
})

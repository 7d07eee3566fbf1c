// What leaves us for a player: tokens that Mux takes and that nobody can use for long.
import { createPublicKey } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { muxConfig, RSA } from '../../test/mux-world.ts'
import { createMux } from './index.ts'

const NOW = Date.now()
let now = NOW
const clock = { now: () => now, after: () => () => undefined }

test('V21 a token is for one thing, signed with our key, and lives ten minutes', async () => {
  const mux = createMux(muxConfig('http://127.0.0.1:1', { id: 'token-id', secret: 'token-secret' }), clock)
  const { hls, poster, thumbnails, expiresAt } = await mux.sign('pid')
  const key = createPublicKey(RSA.privateKey)
  for (const [address, start, audience] of [
    [hls, 'https://stream.mux.com/pid.m3u8?token=', 'v'],
    [poster, 'https://image.mux.com/pid/thumbnail.jpg?token=', 't'],
    [thumbnails, 'https://image.mux.com/pid/storyboard.vtt?token=', 's'],
  ] as const) {
    expect(address.startsWith(start)).toBe(true)
    const token = address.slice(start.length)
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT' })
    const { payload } = await jwtVerify(token, key, { audience, subject: 'pid' })
    expect(payload).toMatchObject({ kid: 'signing-key-of-a-test' })
    const exp = (payload.exp ?? 0) * 1_000
    expect(exp - NOW).toBeGreaterThan(590_000)
    expect(exp - NOW).toBeLessThan(611_000)
    // What a page is told is not later than the truth.
    expect(expiresAt).toBeLessThanOrEqual(exp)
  }
})

test('V21 who asks within a minute gets the same addresses, who asks later gets others', async () => {
  const mux = createMux(muxConfig('http://127.0.0.1:1', { id: 'token-id', secret: 'token-secret' }), clock)
  now = NOW
  const [first, second] = await Promise.all([mux.sign('one'), mux.sign('one')])
  expect(second).toBe(first)
  expect((await mux.sign('two')).hls).not.toContain('/one.m3u8')
  now += 59_000
  expect(await mux.sign('one')).toBe(first)
  now += 1_000
  const later = await mux.sign('one')
  expect(later).not.toBe(first)
  expect(later.expiresAt).toBe(first.expiresAt + 60_000)
})

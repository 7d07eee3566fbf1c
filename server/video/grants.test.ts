import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import { createSeededRandom } from '../test/random.ts'
import { createGrants } from './grants.ts'

test('V2 a grant opens its stream, once', () => {
  const grants = createGrants({ clock: createHandClock(0), random: createSeededRandom(1) })
  const a = grants.issue('A')
  const b = grants.issue('B')
  expect(a.grant).not.toBe(b.grant)
  expect([grants.redeem(b.grant), grants.redeem(a.grant)]).toEqual(['B', 'A'])
  expect([grants.redeem(a.grant), grants.redeem('guess'), grants.redeem('')]).toEqual([null, null, null])
})

test('V2 a grant lives for a minute', async () => {
  const clock = createHandClock(5)
  const grants = createGrants({ clock, random: createSeededRandom(1) })
  const early = grants.issue('A')
  const late = grants.issue('A')
  expect(early.expiresAt).toBe(60_005)
  await clock.advance(59_999)
  expect(grants.redeem(early.grant)).toBe('A')
  await clock.advance(1)
  expect(grants.redeem(late.grant)).toBeNull()
})

test('V2 ending a stream takes back what was issued for it, and nothing else', () => {
  const grants = createGrants({ clock: createHandClock(0), random: createSeededRandom(1) })
  const [a, b] = [grants.issue('A'), grants.issue('B')]
  grants.revoke('A')
  expect([grants.redeem(a.grant), grants.redeem(b.grant)]).toEqual([null, 'B'])
})

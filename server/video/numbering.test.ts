import { expect, test } from 'vitest'
import { firstSegment } from './numbering.ts'

test('V31 a show that goes on with a stream is numbered behind all that the stream had', () => {
  expect(firstSegment(null, 1e12)).toBe(0)
  // The shortest whole segments there are, since a little before the stream was called live.
  for (const age of [0, 1_000, 30_000, 3_600_000, 86_400_000])
    expect(firstSegment(1e12, 1e12 + age)).toBeGreaterThan((age + 1_500) / 900)
  // A clock that was set back must not make it negative.
  expect(firstSegment(1e12, 1e12 - 5_000)).toBeGreaterThan(0)
  // Playlists take nine digits: decades.
  expect(firstSegment(0, 20 * 365 * 86_400_000)).toBeLessThan(1e9)
})

import { expect, test } from 'vitest'
import { deathsAfter, pauseAfter } from './restart.ts'

test('O7 a process that keeps dying is started again after half a second, then twice as long, at most 20 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 50, 5_000].map(pauseAfter)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000,
  ])
})

test('O7 a minute of life ends the row of deaths', () => {
  expect(deathsAfter(0, 10)).toBe(1)
  expect(deathsAfter(6, 59_999)).toBe(7)
  expect(deathsAfter(6, 60_000)).toBe(1)
})

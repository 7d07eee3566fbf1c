import { expect, test } from 'vitest'
import { agoText, countdownText, durationText } from './time.ts'

const MIN = 60_000
const HOUR = 60 * MIN

test.each([
  [1, '0:01'],
  [59_000, '0:59'],
  [59_001, '1:00'],
  [4 * MIN + 59_000, '4:59'],
  [HOUR, '1 h 00 min'],
  [3 * HOUR + 4 * MIN, '3 h 04 min'],
  [51 * HOUR + 30 * MIN, '2 d 3 h'],
])('%i ms before the start reads %s', (ms, text) => {
  expect(countdownText(ms)).toBe(text)
})

test.each([
  [0, 'just now'],
  [-5_000, 'just now'],
  [5 * MIN, '5 minutes ago'],
  [HOUR, '1 hour ago'],
  [25 * HOUR, 'yesterday'],
])('%i ms ago reads %s', (ms, text) => {
  expect(agoText(1e12 - ms, 1e12, 'en')).toBe(text)
})

test.each([
  [1_000, '1 min'],
  [59 * MIN, '59 min'],
  [125 * MIN, '2 h 05 min'],
])('a stream of %i ms lasted %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

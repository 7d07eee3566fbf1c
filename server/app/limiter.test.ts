import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import { createLimiter, perMinute } from './limiter.ts'

const START = Date.UTC(2026, 0, 1)

test('every key has its own tokens and is told how long to wait', async () => {
  const clock = createHandClock(START)
  const limiter = createLimiter({ clock, rate: perMinute(30, 2) })
  expect([limiter.take('a').ok, limiter.take('a').ok]).toEqual([true, true])
  expect(limiter.take('a')).toEqual({ ok: false, denial: { code: 'rate_limited', retryAfterMs: 2_000 } })
  expect(limiter.take('b').ok).toBe(true)
  await clock.advance(2_000)
  expect(limiter.take('a').ok).toBe(true)
})

test('an empty key is never forgotten before it has refilled, whenever it was emptied', async () => {
  for (const offset of [0, 1, 2_000, 3_999]) {
    const clock = createHandClock(START)
    const limiter = createLimiter({ clock, rate: perMinute(30, 2) })
    await clock.advance(offset)
    for (let i = 0; i < 3; i += 1) limiter.take('a')
    for (let waited = 0; waited < 1_900; waited += 100) {
      await clock.advance(100)
      limiter.take(`other ${waited}`)
      expect(limiter.take('a').ok).toBe(false)
    }
    await clock.advance(100)
    expect([limiter.take('a').ok, limiter.take('a').ok]).toEqual([true, false])
  }
})

test('a flood of keys does not forget a key that came with it', () => {
  const limiter = createLimiter({ clock: createHandClock(START), rate: perMinute(1, 1) })
  limiter.take('early')
  for (let i = 0; i < 99_998; i += 1) limiter.take(`flood ${i}`)
  limiter.take('late')
  for (let i = 0; i < 50_000; i += 1) limiter.take(`more ${i}`)
  expect([limiter.take('late').ok, limiter.take('early').ok]).toEqual([false, true])
})

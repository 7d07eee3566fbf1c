import { expect, test } from 'vitest'
import { fullBucket, take } from './rate.ts'

const rate = { burst: 2, everyMs: 1_000 }

test('a burst passes at once, the next waits exactly until its token', () => {
  let bucket = fullBucket(rate, 0)
  for (const expected of [0, 0, 1_000]) {
    const taken = take(bucket, rate, 0)
    bucket = taken.bucket
    expect(taken.waitMs).toBe(expected)
  }
  expect(take(bucket, rate, 400).waitMs).toBe(600)
  expect(take(bucket, rate, 1_000).waitMs).toBe(0)
})

test('refusals cost nothing and a clock that steps back gives nothing', () => {
  const empty = { tokens: 0, at: 10_000 }
  expect(take(empty, rate, 5_000).waitMs).toBe(1_000)
  const refused = take(empty, rate, 10_500).bucket
  expect(take(refused, rate, 11_000).waitMs).toBe(0)
})

import { expect, test } from 'vitest'
import { createBuckets } from './buckets.ts'

const rate = { burst: 2, everyMs: 1_000 }

test('C8 each key has its own tokens, and coming back does not refill them', () => {
  const buckets = createBuckets(rate)
  expect([0, 0, 0].map(() => buckets.take('ada', 0))).toEqual([0, 0, 1_000])
  expect(buckets.take('bob', 0)).toBe(0)
  expect(buckets.take('ada', 500)).toBe(500)
  expect(buckets.take('ada', 1_000)).toBe(0)
})

test('full buckets are forgotten: a flood of names does not stay in memory', () => {
  const buckets = createBuckets(rate)
  for (let i = 0; i < 1_000; i++) buckets.take(`guest ${i}`, 0)
  buckets.take('ada', 1_999)
  expect(buckets.size).toBe(1_001)
  buckets.take('bob', 2_500)
  expect(buckets.size).toBe(2)
})

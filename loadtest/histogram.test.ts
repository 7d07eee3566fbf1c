import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, countOf, edgeOf, bucketOf, merge, percentile, sparse, type Histogram } from './k6/histogram.ts'

const ms = fc.double({ min: 0, max: 600_000, noNaN: true })

test('a duration lies below the edge of its bucket, and no further than 2 % and a hundredth of a millisecond', () => {
  fc.assert(
    fc.property(ms, (value) => {
      const edge = edgeOf(bucketOf(value))
      expect(edge).toBeGreaterThanOrEqual(value)
      expect(edge).toBeLessThanOrEqual(value * 1.021 + 0.011)
    }),
  )
})

test('a percentile is never below that of the sorted values, and hardly above', () => {
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1 }), fc.constantFrom(0.5, 0.95, 0.99, 1), (values, share) => {
      const histogram: Histogram = []
      for (const value of values) add(histogram, value)
      const exact = [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]!
      const read = percentile(histogram, share)!
      expect(read).toBeGreaterThanOrEqual(exact)
      expect(read).toBeLessThanOrEqual(exact * 1.021 + 0.011)
    }),
  )
})

test('what was sent in parts adds up to the whole', () => {
  fc.assert(
    fc.property(fc.array(ms), fc.array(ms), (some, others) => {
      const whole: Histogram = []
      const part: Histogram = []
      const sum: Histogram = []
      for (const value of [...some, ...others]) add(whole, value)
      for (const value of others) add(part, value)
      for (const value of some) add(sum, value)
      merge(sum, sparse(part))
      expect(sparse(sum)).toEqual(sparse(whole))
      expect(countOf(sum)).toBe(some.length + others.length)
    }),
  )
})

test('nothing has no percentile', () => {
  expect(percentile([], 0.5)).toBeNull()
})

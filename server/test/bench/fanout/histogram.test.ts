import { expect, test } from 'vitest'
import { countOf, merge, middleOf, percentile, type Histogram } from './histogram.ts'

/** As load-client/client.c does it. */
function bucketOf(us: number): number {
  if (us < 64) return us
  const shift = Math.floor(Math.log2(us)) - 6
  return 64 * (shift + 1) + Math.floor(us / 2 ** shift) - 64
}

test('a time comes out of its bucket within 1.6 %', () => {
  for (const us of [0, 1, 63, 64, 65, 127, 128, 1_000, 4_096, 65_535, 1_234_567, 60_000_000])
    expect(Math.abs(middleOf(bucketOf(us)) - us)).toBeLessThanOrEqual(us * 0.016)
  const middles = Array.from({ length: 64 * 28 }, (_, bucket) => middleOf(bucket))
  expect(middles).toEqual([...middles].sort((a, b) => a - b))
})

test('percentiles of what two windows heard are those of all of it', () => {
  const of = (values: number[]): Histogram => values.map((us) => [bucketOf(us), 1])
  const early = of(Array.from({ length: 90 }, () => 10_000))
  const late = of(Array.from({ length: 10 }, () => 500_000))
  const all = merge(late, early)
  expect(countOf(all)).toBe(100)
  expect(percentile(all, 0.5)).toBeCloseTo(10, 0)
  expect(percentile(all, 0.9)).toBeCloseTo(10, 0)
  expect(Math.abs(percentile(all, 0.91) - 500)).toBeLessThan(8)
  expect(percentile(all, 1)).toBe(percentile(late, 1))
})

test('of nothing there is no percentile', () => {
  expect(percentile([], 0.99)).toBeNaN()
  expect(percentile(merge([], []), 0.99)).toBeNaN()
})

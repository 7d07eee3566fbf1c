// Latencies as the load client counts them: buckets of 1/64 of an octave, so that millions cost nothing to keep.

/** `[bucket, count]`, in any order. */
export type Histogram = readonly (readonly [number, number])[]

/** In each doubling; the same number is in load-client/world.h. */
const SUB = 64

/** The middle of a bucket, in microseconds. */
export function middleOf(bucket: number): number {
  if (bucket < SUB) return bucket
  const octave = Math.floor(bucket / SUB) - 1
  return (SUB + (bucket % SUB) + 0.5) * 2 ** octave
}

export function merge(...histograms: readonly Histogram[]): Histogram {
  const sums = new Map<number, number>()
  for (const [bucket, count] of histograms.flat()) sums.set(bucket, (sums.get(bucket) ?? 0) + count)
  return [...sums].sort(([a], [b]) => a - b)
}

export const countOf = (histogram: Histogram): number => histogram.reduce((sum, [, count]) => sum + count, 0)

/** The value that `share` of all are at or below, in milliseconds; NaN of nothing. */
export function percentile(histogram: Histogram, share: number): number {
  const sorted = [...histogram].sort(([a], [b]) => a - b)
  let left = Math.max(1, Math.ceil(countOf(sorted) * share))
  for (const [bucket, count] of sorted) {
    left -= count
    if (left <= 0) return middleOf(bucket) / 1_000
  }
  return NaN
}

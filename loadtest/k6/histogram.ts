// Durations counted in buckets that grow by 2 %: small enough to send every second, exact enough for percentiles,
// and two of them add up. Runs in k6 and in Node.

const GROWTH = Math.log(1.02)
/** Below this the buckets are even; above, each is 2 % wider than the last. */
const FINE_MS = 0.5

/** Counts by bucket; holes are zero. */
export type Histogram = number[]
/** As it travels: the buckets that hold something. */
export type Sparse = [bucket: number, count: number][]

export function bucketOf(ms: number): number {
  return ms <= 0 ? 0 : Math.floor(Math.log1p(ms / FINE_MS) / GROWTH)
}

/** The upper edge, in ms: a percentile read from here is never better than what was measured. */
export const edgeOf = (bucket: number): number => FINE_MS * Math.expm1((bucket + 1) * GROWTH)

export function add(histogram: Histogram, ms: number, count = 1): void {
  const bucket = bucketOf(ms)
  histogram[bucket] = (histogram[bucket] ?? 0) + count
}

export function merge(into: Histogram, sparse: Sparse): void {
  for (const [bucket, count] of sparse) into[bucket] = (into[bucket] ?? 0) + count
}

export function sparse(histogram: Histogram): Sparse {
  const list: Sparse = []
  histogram.forEach((count, bucket) => count > 0 && list.push([bucket, count]))
  return list
}

export const countOf = (histogram: Histogram): number => histogram.reduce((sum, count) => sum + count, 0)

/** `share` of 0 to 1; null when nothing was counted. Milliseconds. */
export function percentile(histogram: Histogram, share: number): number | null {
  const total = countOf(histogram)
  if (total === 0) return null
  let left = Math.max(1, Math.ceil(total * share))
  for (let bucket = 0; bucket < histogram.length; bucket++) {
    left -= histogram[bucket] ?? 0
    if (left <= 0) return edgeOf(bucket)
  }
  return edgeOf(histogram.length - 1)
}

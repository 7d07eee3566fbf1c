// Token buckets by key, for limits that outlive a connection: coming back does not refill them.
import { fullBucket, take } from '../domain/rate.ts'
import type { Bucket, Rate } from '../domain/rate.ts'

export type Buckets = {
  /** 0 when the token was there, else how long to wait in ms. */
  take(key: string, now: number): number
  readonly size: number
}

export function createBuckets(rate: Rate): Buckets {
  const buckets = new Map<string, Bucket>()
  const fullAfterMs = rate.burst * rate.everyMs
  let sweepAt = 0

  return {
    take(key, now) {
      if (now >= sweepAt) {
        sweepAt = now + fullAfterMs
        for (const [old, { at }] of buckets) if (now - at >= fullAfterMs) buckets.delete(old)
      }
      const { bucket, waitMs } = take(buckets.get(key) ?? fullBucket(rate, now), rate, now)
      buckets.set(key, bucket)
      return waitMs
    },
    get size() {
      return buckets.size
    },
  }
}

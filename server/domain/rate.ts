// Token bucket, as a value: no clock, no map. Whoever owns the key owns the state, so no bucket is ever
// shared between two people (a shared limit would tell one how busy the other is).

export type Bucket = { tokens: number; at: number }
/** `burst` at once, then one per `everyMs`. */
export type Rate = { burst: number; everyMs: number }

export const fullBucket = (rate: Rate, now: number): Bucket => ({ tokens: rate.burst, at: now })

/** Takes one token at `now` (Unix ms). `waitMs` is 0 when it was there, else how long until it will be; a
 * refusal costs nothing. A clock that steps back refills nothing. */
export function take(bucket: Bucket, rate: Rate, now: number): { bucket: Bucket; waitMs: number } {
  const elapsed = Math.max(0, now - bucket.at)
  const tokens = Math.min(rate.burst, bucket.tokens + elapsed / rate.everyMs)
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, at: now }, waitMs: 0 }
  return { bucket: { tokens, at: now }, waitMs: Math.ceil((1 - tokens) * rate.everyMs) }
}

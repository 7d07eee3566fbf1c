// Token buckets by key, for callers that have no session of their own to keep one in.
import { fullBucket, take, type Bucket, type Rate } from '../domain/rate.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { Clock } from './ports.ts'

export type Limiter = {
  /** Takes one of this key's tokens, or says when there will be one. */
  take(key: string): Result<null>
}

/** About 20 MB. Beyond it the key that came first is forgotten: a flood from that many addresses is no matter
 * for counting by address. */
const MAX_KEYS = 100_000

export function createLimiter({ clock, rate }: { clock: Clock; rate: Rate }): Limiter {
  // Two generations: a key not seen for a whole generation has refilled, so it is dropped with its map.
  const generationMs = rate.burst * rate.everyMs
  let since = clock.now()
  let current = new Map<string, Bucket>()
  let former = new Map<string, Bucket>()

  function turn(now: number): void {
    if (now - since < generationMs) return
    former = now - since < 2 * generationMs ? current : new Map<string, Bucket>()
    current = new Map()
    since = now
  }

  function forgetFirst(): void {
    const [first] = current.keys()
    if (first !== undefined) current.delete(first)
  }

  return {
    take(key) {
      const now = clock.now()
      turn(now)
      const known = current.get(key) ?? former.get(key) ?? fullBucket(rate, now)
      const { bucket, waitMs } = take(known, rate, now)
      current.set(key, bucket)
      if (current.size > MAX_KEYS) forgetFirst()
      return waitMs === 0 ? ok(null) : deny('rate_limited', { retryAfterMs: waitMs })
    },
  }
}

/** `burst` at once, then evenly `count` per minute. */
export const perMinute = (count: number, burst: number): Rate => ({ burst, everyMs: 60_000 / count })

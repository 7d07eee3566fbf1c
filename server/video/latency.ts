// What viewers report of their delay, one value each: the newest. Summed up for the studio, with what the viewers
// of other nodes report.
import type { DelaySpread } from '../../shared/api/streams.ts'
import { DELAY } from '../../shared/media.ts'

/** The reports of one node: their values in order, thinned out when there are many, and how many there were. */
export type Spread = { values: number[]; samples: number }
export type Latency = {
  /** Counts for `forMs`, unless a newer one of the same viewer comes. */
  report(viewer: string, ms: unknown, now: number, forMs?: number): void
  forget(viewer: string): void
  /** Of this node alone. */
  spread(now: number): Spread
  /** What another node has, in place of what it had before. */
  elsewhere(node: string, spread: Spread, now: number): void
  summary(now: number): DelaySpread | null
}

/** Reports come every 5 s; who has been silent for three of them has paused or is on its way out. */
const FRESH_MS = 15_000
/** Over HTTP nobody hangs up, and the next report may reach another node: this one counts until that is due, and a
 * little longer. */
export const OVER_HTTP_MS = DELAY.everyMs + 5_000
const MOST_VALUES = 100

export function createLatency(): Latency {
  const reports = new Map<string, { ms: number; until: number }>()
  const others = new Map<string, { spread: Spread; at: number }>()

  let sweepAt = -Infinity

  /** Not all are forgotten by who knows that they left, and a show may be looked at by nobody. */
  function sweep(now: number): void {
    if (now < sweepAt) return
    sweepAt = now + OVER_HTTP_MS
    for (const [viewer, { until }] of reports) if (now > until) reports.delete(viewer)
  }

  function fresh(now: number): number[] {
    const values: number[] = []
    for (const { ms, until } of reports.values()) if (now <= until) values.push(ms)
    return values.sort((a, b) => a - b)
  }

  return {
    report(viewer, ms, now, forMs = FRESH_MS) {
      sweep(now)
      if (typeof ms === 'number' && ms >= 0 && ms <= DELAY.mostMs)
        reports.set(viewer, { ms, until: now + forMs })
    },
    forget: (viewer) => void reports.delete(viewer),
    spread(now) {
      const all = fresh(now)
      const step = Math.max(1, all.length / MOST_VALUES)
      const count = Math.min(all.length, MOST_VALUES)
      // From the middle of each share, so that neither end weighs more.
      const values = Array.from({ length: count }, (_, i) => all[Math.floor((i + 0.5) * step)] ?? 0)
      return { values, samples: all.length }
    },
    elsewhere(node, spread, now) {
      others.delete(node)
      if (spread.values.length > 0) others.set(node, { spread, at: now })
    },
    summary(now) {
      const weighed = fresh(now).map((ms) => ({ ms, weight: 1 }))
      for (const [node, { spread, at }] of others) {
        const weight = spread.samples / spread.values.length
        if (now - at > FRESH_MS) others.delete(node)
        else for (const ms of spread.values) weighed.push({ ms, weight })
      }
      weighed.sort((a, b) => a.ms - b.ms)
      const samples = Math.round(weighed.reduce((sum, { weight }) => sum + weight, 0))
      const at = (share: number) => {
        let passed = 0
        const found = weighed.find(({ weight }) => (passed += weight) > share * samples)
        return Math.round((found ?? weighed.at(-1))?.ms ?? 0)
      }
      if (samples === 0) return null
      return { min: at(0), p50: at(0.5), p95: at(0.95), max: at(1), samples }
    },
  }
}

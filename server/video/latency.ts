// What viewers report of their delay, one value each: the newest. Summed up for the studio.

export type LatencySummary = { min: number; p50: number; p95: number; max: number; samples: number }
export type Latency = {
  report(viewer: string, ms: unknown, now: number): void
  forget(viewer: string): void
  summary(now: number): LatencySummary | null
}

/** Reports come every 5 s; who has been silent for three of them has paused or is on its way out. */
const FRESH_MS = 15_000
/** Beyond a minute it is not delay but another clock. */
const MOST_MS = 60_000

export function createLatency(): Latency {
  const reports = new Map<string, { ms: number; at: number }>()
  return {
    report(viewer, ms, now) {
      if (typeof ms === 'number' && ms >= 0 && ms <= MOST_MS) reports.set(viewer, { ms, at: now })
    },
    forget: (viewer) => void reports.delete(viewer),
    summary(now) {
      const fresh: number[] = []
      for (const { ms, at } of reports.values()) if (now - at <= FRESH_MS) fresh.push(ms)
      fresh.sort((a, b) => a - b)
      const at = (share: number) =>
        Math.round(fresh[Math.min(fresh.length - 1, Math.floor(share * fresh.length))] ?? 0)
      if (fresh.length === 0) return null
      return { min: at(0), p50: at(0.5), p95: at(0.95), max: at(1), samples: fresh.length }
    },
  }
}

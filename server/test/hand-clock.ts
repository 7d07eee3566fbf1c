// Time and chance as a test wants them: the clock moves by hand, ids and tokens count up.
import type { Clock, Random } from '../app/ports.ts'

export type HandClock = Clock & {
  /** Runs what falls due, in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>
}

export function handClock(start = Date.UTC(2026, 0, 1)): HandClock {
  let now = start
  let order = 0
  const due = new Map<number, { at: number; fn: () => void }>()
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

  return {
    now: () => now,
    after(ms, fn) {
      const id = (order += 1)
      due.set(id, { at: now + ms, fn })
      return () => due.delete(id)
    },
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const next = [...due].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
        if (!next) break
        const [id, { at, fn }] = next
        due.delete(id)
        now = Math.max(now, at)
        fn()
        await settle()
      }
      now = end
    },
  }
}

export function countingRandom(): Random {
  let count = 0
  const next = () => (count += 1).toString(16)
  return {
    uuid: () => `00000000-0000-4000-8000-${next().padStart(12, '0')}`,
    token: (bytes) => `token-${next()}`.padEnd(Math.ceil((bytes * 4) / 3), '-'),
    fraction: () => 0.5,
  }
}

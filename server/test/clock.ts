// A clock that a test turns by hand: time passes in `advance` alone, timer by timer.
import type { Clock } from '../app/ports.ts'

export type HandClock = Clock & {
  /** Runs what is due in order; lets every promise settle behind each timer. */
  advance(ms: number): Promise<void>
  /** The wall clock jumps; timers stay where they are, as they do on a machine. */
  step(ms: number): void
  timers(): number
}

export function createHandClock(start: number): HandClock {
  let elapsed = 0
  let wall = start
  let order = 0
  const timers = new Map<number, { at: number; fn: () => void }>()

  return {
    now: () => wall + elapsed,
    after(ms, fn) {
      const id = ++order
      timers.set(id, { at: elapsed + Math.max(0, ms), fn })
      return () => void timers.delete(id)
    },
    async advance(ms) {
      const until = elapsed + ms
      await settle()
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= until)
        const next = due.sort(([a, x], [b, y]) => x.at - y.at || a - b)[0]
        if (!next) break
        const [id, { at, fn }] = next
        timers.delete(id)
        elapsed = Math.max(elapsed, at)
        fn()
        await settle()
      }
      elapsed = until
    },
    step: (ms) => void (wall += ms),
    timers: () => timers.size,
  }
}

/** Every promise that can go on without a timer has gone on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

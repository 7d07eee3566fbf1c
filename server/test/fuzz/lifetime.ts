// The clock of something that can die: a page or a node. Its timers go with it, and while it is frozen (a phone
// in a pocket) what comes due waits.
import type { Clock } from '../../app/ports.ts'

export type Lifetime = ReturnType<typeof createLifetime>

/** `skew` is how far its own clock is ahead, in ms. */
export function createLifetime(clock: Clock, skew = 0) {
  const cancels = new Set<() => void>()
  const due: { fn: () => void }[] = []
  let alive = true
  let frozen = false

  /** Runs now, after the thaw, or never. */
  function run(fn: () => void): { fn: () => void } {
    const work = { fn }
    if (!alive) return work
    if (frozen) due.push(work)
    else fn()
    return work
  }

  return {
    clock: {
      now: () => clock.now() + skew,
      after(ms: number, fn: () => void) {
        if (!alive) return () => undefined
        let work: { fn: () => void } | null = null
        const stop = clock.after(ms, () => {
          cancels.delete(cancel)
          work = run(fn)
        })
        const cancel = () => {
          stop()
          cancels.delete(cancel)
          if (work) work.fn = () => undefined
        }
        cancels.add(cancel)
        return cancel
      },
    } satisfies Clock,
    run,
    alive: () => alive,
    frozen: () => frozen,
    freeze: () => void (frozen = true),
    thaw() {
      frozen = false
      for (const work of due.splice(0)) run(() => work.fn())
    },
    die() {
      alive = false
      due.length = 0
      for (const cancel of [...cancels]) cancel()
    },
    timers: () => cancels.size,
  }
}

/** Resolves after `ms` on this clock; never, when what it belongs to dies first. */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(ms, resolve))

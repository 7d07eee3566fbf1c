// Deadlines by the second: one timer for all of them, and next to nothing for each. A timer per viewer cost 300 bytes
// and its place in a heap; nobody minds whether a pass runs out a second later.
import type { Clock } from '../app/ports.ts'

export type Due = { due(): void }
export type Deadlines = {
  /** Calls `due` in `ms`, or up to a second later. Answers what `cancel` wants to know. */
  add(who: Due, ms: number): number
  /** For one that is not there it does nothing. */
  cancel(who: Due, slot: number): void
}

const TICK_MS = 1_000
/** Further behind than this the wall clock was set, or the machine slept: seconds are counted from here on. */
const LOST_MS = 5 * TICK_MS

export function createDeadlines(clock: Clock): Deadlines {
  const slots = new Map<number, Set<Due>>()
  let ticks = 0
  let tickedAt = 0
  /** Null while there is no deadline. */
  let cancelTick: (() => void) | null = null

  function begin() {
    if (cancelTick) return
    tickedAt = clock.now()
    cancelTick = clock.after(TICK_MS, tick)
  }

  function tick() {
    ticks += 1
    tickedAt += TICK_MS
    const late = clock.now() - tickedAt
    if (late < 0 || late > LOST_MS) tickedAt = clock.now()
    cancelTick = clock.after(Math.max(0, tickedAt + TICK_MS - clock.now()), tick)
    // In its place until all have come: one of them may still cancel another.
    for (const who of slots.get(ticks) ?? []) who.due()
    slots.delete(ticks)
    rest()
  }

  function rest() {
    if (slots.size > 0) return
    cancelTick?.()
    cancelTick = null
  }

  return {
    add(who, ms) {
      begin()
      const since = Math.min(TICK_MS, Math.max(0, clock.now() - tickedAt))
      const slot = ticks + Math.max(1, Math.ceil((ms + since) / TICK_MS))
      const others = slots.get(slot)
      if (others) others.add(who)
      else slots.set(slot, new Set([who]))
      return slot
    },
    cancel(who, slot) {
      const others = slots.get(slot)
      if (others?.delete(who) && others.size === 0) slots.delete(slot)
      rest()
    },
  }
}

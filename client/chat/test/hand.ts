// Surroundings that move only when a test says so.
import type { Clock, Random, Shelf, Signals, Socket } from '../surroundings.ts'

export type HandClock = Clock & { advance(ms: number): Promise<void>; timers(): number }

/** `advance` runs what is due in order, and lets promises settle in between. */
export function handClock(start = 1_000_000): HandClock {
  let now = start
  let order = 0
  let timers: { at: number; order: number; fn: () => void }[] = []
  const settle = async () => {
    for (let turn = 0; turn < 12; turn++) await Promise.resolve()
  }
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, order: order++, fn }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const due = timers
          .filter(({ at }) => at <= end)
          .sort((one, other) => one.at - other.at || one.order - other.order)[0]
        if (!due) break
        timers = timers.filter((other) => other !== due)
        now = Math.max(now, due.at)
        due.fn()
        await settle()
      }
      now = end
    },
    timers: () => timers.length,
  }
}

/** Ids that look real and count up; the same fraction every time unless told. */
export function handRandom(fraction: () => number = () => 0.5): Random {
  let count = 0
  return {
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    fraction,
  }
}

export function handSignals() {
  const listeners = new Set<(signal: 'online' | 'offline' | 'visible') => void>()
  let online = true
  return {
    online: () => online,
    visible: () => true,
    subscribe(fn: (signal: 'online' | 'offline' | 'visible') => void) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
    give(signal: 'online' | 'offline' | 'visible') {
      if (signal !== 'visible') online = signal === 'online'
      for (const listener of listeners) listener(signal)
    },
  } satisfies Signals & { give: unknown }
}

export function handShelf(): Shelf {
  const map = new Map<string, string>()
  return {
    keys: () => [...map.keys()],
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void map.set(key, value),
    remove: (key) => void map.delete(key),
  }
}

export type HandSocket = Socket & { sent: string[]; gone: boolean }

export function handSocket(onText: (text: string) => void = () => undefined): HandSocket {
  return {
    onopen: null,
    onmessage: null,
    onclose: null,
    sent: [],
    gone: false,
    send(text) {
      this.sent.push(text)
      onText(text)
    },
    close() {
      this.gone = true
    },
  }
}

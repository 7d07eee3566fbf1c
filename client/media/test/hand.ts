// A clock whose hand the test turns, and sockets whose other end the test holds.
import type { Closed } from '../backoff.ts'
import type { Clock } from '../../clock.ts'
import type { OpenWire, Wire, WireEvents } from '../wire.ts'

export type HandClock = { [K in keyof Clock]: Clock[K] } & { advance: (ms: number) => void }

export function handClock(start = 1_000_000): HandClock {
  let now = start
  const timers = new Set<{ at: number; fn: () => void }>()
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const end = now + ms
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due)
        now = due.at
        due.fn()
      }
      now = end
    },
  }
}

export type HandWire = {
  url: string
  said: unknown[]
  sent: Uint8Array[]
  waiting: number
  closedByUs: boolean
  opened(): void
  hear(message: unknown): void
  bytes(data: ArrayBuffer): void
  cut(closed?: Partial<Closed>): void
}

/** Every socket opened, in order. */
export function handWires(): { open: OpenWire; wires: HandWire[]; last: () => HandWire } {
  const wires: HandWire[] = []
  const open: OpenWire = <Says, Hears>(url: string, on: WireEvents<Hears>): Wire<Says> => {
    const wire: HandWire = {
      url,
      said: [],
      sent: [],
      waiting: 0,
      closedByUs: false,
      opened: () => on.opened(),
      hear: (message) => on.heard(message as Hears),
      bytes: (data) => on.bytes(data),
      cut: (closed) => on.closed({ code: 1006, reason: '', ...closed }),
    }
    wires.push(wire)
    return {
      say: (message) => void wire.said.push(message),
      sendBytes: (bytes) => void wire.sent.push(bytes),
      waiting: () => wire.waiting,
      close: () => void (wire.closedByUs = true),
    }
  }
  return {
    open,
    wires,
    last() {
      const wire = wires.at(-1)
      if (!wire) throw new Error('no socket was opened')
      return wire
    },
  }
}

/** Lets promises that are already settled run their continuations. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

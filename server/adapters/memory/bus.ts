// The bus of a single process. Delivery is synchronous: a notice is applied before `publish` returns.
import type { Bus, Notice } from '../../app/ports.ts'

export function createMemoryBus(): Bus {
  const subscribers = new Set<(notice: Notice) => void>()
  return {
    publish(notice) {
      for (const deliver of [...subscribers]) deliver(notice)
    },
    subscribe(fn) {
      subscribers.add(fn)
      return () => void subscribers.delete(fn)
    },
  }
}

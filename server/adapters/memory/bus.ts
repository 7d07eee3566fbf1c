// The bus of a single process. Delivery is synchronous: a notice is applied before `publish` returns, so nothing
// is ever lost and nobody is ever told to look again.
import type { StreamId } from '../../../shared/ids.ts'
import type { Bus, Notice } from '../../app/ports.ts'
import { createFollows } from '../../domain/follows.ts'

export function createMemoryBus(): Bus {
  const subscribers = new Set<(notice: Notice) => void>()
  const follows = createFollows<StreamId>()
  return {
    publish(notice) {
      if ('log' in notice && !follows.has(notice.log.stream)) return
      for (const deliver of [...subscribers]) deliver(notice)
    },
    subscribe(fn) {
      subscribers.add(fn)
      return () => void subscribers.delete(fn)
    },
    follow: (stream) => follows.follow(stream),
    onRestored: () => () => undefined,
  }
}

// What the bus lost is found here: every second each stream is asked how far its logs are. The few that everybody has
// in common by their positions; of the threads, of which there is one per viewer, those alone that moved since the last
// time. Whatever is found behind and cannot be read at once is asked for by itself until it is.
import { logId } from '../domain/log.ts'
import type { StreamId } from '../../shared/ids.ts'
import type { Clock, Journal, Log } from '../app/ports.ts'
import type { Followed } from './followed.ts'
import type { Followable } from './hub.ts'

const POLL_MS = 1_000
const SHARED = ['room', 'inbox', 'backstage'] as const
/** Logs in one statement. */
const MOST = 1_000

export type Poll = {
  /** Asked for by itself until it has caught up. */
  watch(followed: Followed): void
  /** Looks at these streams at once. */
  now(streams: readonly StreamId[]): Promise<void>
  stop(): void
}

type Deps = {
  journal: Pick<Journal, 'positions' | 'moved'>
  clock: Clock
  log: Log
  streams: ReadonlyMap<StreamId, Followable>
}

export function createPoll({ journal, clock, log, streams }: Deps): Poll {
  const watched = new Set<Followed>()

  async function look(which: readonly [StreamId, Followable][]): Promise<void> {
    if (which.length === 0) return
    const marks = which.map(([stream, { mark }]) => ({ stream, since: mark }))
    const { mark, moved } = await journal.moved(marks)
    for (const { log: key, epoch, seq } of moved)
      streams.get(key.stream)?.logs.get(key.viewer)?.moved({ type: 'pointer', log: key, epoch, seq })
    const asked = new Set<Followed>()
    for (const [, { logs, mark: since }] of which)
      // Of a stream that was not asked about before, or by another database than this, nothing is known.
      if (since === null || BigInt(since) > BigInt(mark))
        for (const followed of logs.values()) asked.add(followed)
      else
        for (const kind of SHARED) {
          const followed = logs.get(kind)
          if (followed) asked.add(followed)
        }
    for (const followed of watched)
      if (followed.behind()) asked.add(followed)
      else watched.delete(followed)
    await positions([...asked].filter(({ track }) => track !== null))
    // Not before: what was not looked at is looked at again.
    for (const [, followable] of which) followable.mark = mark
  }

  async function positions(asked: readonly Followed[]): Promise<void> {
    for (let from = 0; from < asked.length; from += MOST) {
      const some = new Map(asked.slice(from, from + MOST).map((followed) => [logId(followed.key), followed]))
      for (const { log: key, epoch, seq } of await journal.positions(
        [...some.values()].map(({ key }) => key),
      )) {
        some.get(logId(key))?.reaches(epoch, seq)
        some.delete(logId(key))
      }
      // The stream was erased: who joins again hears that there is none.
      for (const followed of some.values()) followed.track?.lose()
    }
  }

  function failed(which: readonly [StreamId, Followable][], error: unknown) {
    // What answers next may be another database, restored from an older day.
    for (const [, followable] of which) followable.mark = null
    log.fault('position poll', error)
  }

  const at = (which: readonly [StreamId, Followable][]) =>
    look(which).catch((error: unknown) => failed(which, error))

  function tick() {
    at([...streams])
      .finally(() => {
        if (!stopped) cancel = clock.after(POLL_MS, tick)
      })
      .catch((error: unknown) => log.fault('position poll', error))
  }
  let stopped = false
  let cancel = clock.after(POLL_MS, tick)

  return {
    watch: (followed) => void watched.add(followed),
    now: (which) => at([...streams].filter(([stream]) => which.includes(stream))),
    stop() {
      stopped = true
      cancel()
    },
  }
}

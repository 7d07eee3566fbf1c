// The logs this node follows: opened with the first listener, closed with the last. The bus makes them quick;
// a poll every second makes them sure, so a lost notice or a dead bus costs lateness only.
import type { LogKey } from '../domain/log.ts'
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Bus, Clock, Journal, Log, Random, Topics } from '../app/ports.ts'
import { readFor } from './backstage.ts'
import { createDeadlines } from './deadlines.ts'
import { Followed, Following } from './followed.ts'
import type { Follower, House } from './followed.ts'
import { createPace } from './pace.ts'
import { createPoll } from './poll.ts'
import { createPositions } from './positions.ts'
import type { Revocations } from './revocations.ts'

/** Clients hear a position this often, so that a silent log still proves that the line is alive. */
const POS_MS = { least: 15_000, spread: 10_000 }

export type { Following }
export type Hub = {
  /** `as` reads the log; the same for every follower of it. Rejects when the log cannot be read now. */
  follow(log: LogKey, as: PrincipalId | null, follower: Follower): Promise<Following>
  followed(): number
  close(): void
}

/** The followed logs of one stream, by viewer or kind. `mark`: where the next poll of its threads goes on; null: what
 * was before is not known. */
export type Followable = { logs: Map<string, Followed>; mark: string | null; unfollow(): void }

type Deps = {
  journal: Journal
  revocations: Pick<Revocations, 'current'>
  bus: Bus
  clock: Clock
  random: Random
  log: Log
  topics: Topics
}

const nameIn = (key: LogKey): string => (key.kind === 'thread' ? key.viewer : key.kind)

export function createHub({ journal, revocations, bus, clock, random, log, topics }: Deps): Hub {
  const streams = new Map<StreamId, Followable>()
  const positions = createPositions(journal)
  const channel = { topics, clock, pace: createPace(clock) }
  const common = { journal, positions, log, channel }
  let count = 0

  const house: House = {
    deps: (key) =>
      key.kind === 'backstage' ? { ...common, journal: readFor(key, journal, revocations) } : common,
    deadlines: createDeadlines(clock),
    nextPos: () => POS_MS.least + random.fraction() * POS_MS.spread,
    watch: (followed) => poll.watch(followed),
    drop({ key }) {
      const stream = streams.get(key.stream)
      count -= 1
      stream?.logs.delete(nameIn(key))
      if (stream?.logs.size !== 0) return
      streams.delete(key.stream)
      stream.unfollow()
    },
  }
  const poll = createPoll({ journal, clock, log, streams })

  function open(key: LogKey, as: PrincipalId | null, first: Follower): Followed {
    // Before the log is read: what is said in between must come by one of the two.
    const stream = streams.get(key.stream) ?? {
      logs: new Map(),
      mark: null,
      unfollow: bus.follow(key.stream),
    }
    streams.set(key.stream, stream)
    const followed = new Followed(house, key, as, first)
    stream.logs.set(nameIn(key), followed)
    count += 1
    return followed
  }

  const unsubscribe = bus.subscribe((notice) => {
    if (notice.type !== 'entries' && notice.type !== 'pointer') return
    streams.get(notice.log.stream)?.logs.get(nameIn(notice.log))?.hear(notice)
  })

  /** What was said until now may be lost, and a log may have been read before it was said: look once. */
  const unrestored = bus.onRestored((restored) => {
    const logs = restored.flatMap((stream) => [...(streams.get(stream)?.logs.values() ?? [])])
    Promise.allSettled(logs.map((followed) => followed.opened()))
      .then(() => poll.now(restored))
      .catch((error: unknown) => log.fault('position poll', error))
  })

  return {
    async follow(key, as, follower) {
      const followed = streams.get(key.stream)?.logs.get(nameIn(key)) ?? open(key, as, follower)
      followed.join(follower)
      try {
        await followed.opened()
        return new Following(followed, follower)
      } catch (error) {
        followed.leave(follower)
        throw error
      }
    },
    followed: () => count,
    close() {
      unsubscribe()
      unrestored()
      poll.stop()
      for (const { logs } of [...streams.values()]) for (const followed of [...logs.values()]) followed.drop()
    },
  }
}

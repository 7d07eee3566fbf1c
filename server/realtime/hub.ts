// The logs this node follows: opened with the first listener, closed with the last. The bus makes them quick;
// a poll of positions every second makes them sure, so a lost notice or a dead bus costs lateness only.
import { logId } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import type { PrincipalId } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/index.ts'
import type { Bus, Clock, Journal, Log, Notice, Random, Topics } from '../app/ports.ts'
import { readFor } from './backstage.ts'
import { createPace } from './pace.ts'
import { createPositions } from './positions.ts'
import type { Revocations } from './revocations.ts'
import { openTrack } from './track.ts'
import type { Track, TrackHooks } from './track.ts'

const POLL_MS = 1_000
/** Clients hear a position this often, so that a silent log still proves that the line is alive. Jittered:
 * logs opened together must not speak together. */
const POS_MS = { least: 15_000, spread: 10_000 }

export type Follower = {
  /** Stands between the log and its listeners; of the first follower alone. */
  channel?: TrackHooks['channel']
  applied?(entries: readonly Entry[]): void
  lost(): void
}
export type Following = {
  track: Track
  /** Gets to `seq` if the log is that far, with the help of the database: for a reader that has seen more than
   * this node has. */
  catchUp(seq: number): Promise<void>
  release(): void
}
export type Hub = {
  /** `as` reads the log; the same for every follower of it. Rejects when the log cannot be read now. */
  follow(log: LogKey, as: PrincipalId | null, follower: Follower): Promise<Following>
  followed(): number
  close(): void
}

type LogNotice = Extract<Notice, { log: LogKey }>
type Followed = {
  key: LogKey
  track: Track | null
  opening: Promise<Track>
  /** What the bus brought while the log was being read. */
  early: LogNotice[]
  followers: Set<Follower>
  posAt: number
  unfollow(): void
}
type Deps = {
  journal: Journal
  revocations: Pick<Revocations, 'current'>
  bus: Bus
  clock: Clock
  random: Random
  log: Log
  topics: Topics
}

export function createHub({ journal, revocations, bus, clock, random, log, topics }: Deps): Hub {
  const followed = new Map<string, Followed>()
  const positions = createPositions(journal)
  const channel = { topics, clock, pace: createPace(clock) }
  const nextPos = () => clock.now() + POS_MS.least + random.fraction() * POS_MS.spread

  function open(key: LogKey, as: PrincipalId | null, first: Follower): Followed {
    const followers = new Set<Follower>()
    // Before the log is read: what is said in between must come by one of the two.
    const unfollow = bus.follow(key.stream)
    const reads = readFor(key, journal, revocations)
    const opening = openTrack({ journal: reads, positions, log, channel }, key, as, {
      channel: first.channel,
      applied(entries) {
        for (const follower of followers) follower.applied?.(entries)
      },
      lost() {
        drop(entry)
        for (const follower of [...followers]) follower.lost()
      },
    })
    const entry: Followed = { key, track: null, opening, early: [], followers, posAt: nextPos(), unfollow }
    opening.then(
      (track) => {
        entry.track = track
        // The last follower may have left while the log was being read.
        if (followed.get(logId(key)) !== entry) track.close()
        for (const notice of entry.early.splice(0)) hear(track, notice)
      },
      () => drop(entry),
    )
    followed.set(logId(key), entry)
    return entry
  }

  function drop(entry: Followed) {
    const id = logId(entry.key)
    if (followed.get(id) === entry) followed.delete(id)
    entry.track?.close()
    entry.unfollow()
  }

  function hear(track: Track, notice: LogNotice) {
    if (notice.type === 'entries') track.offer(notice.epoch, notice.entries)
    else if (notice.epoch === track.epoch) track.reaches(notice.epoch, notice.seq)
  }

  const unsubscribe = bus.subscribe((notice) => {
    if (notice.type !== 'entries' && notice.type !== 'pointer') return
    const entry = followed.get(logId(notice.log))
    if (entry?.track) hear(entry.track, notice)
    else entry?.early.push(notice)
  })

  /** What was said until now may be lost, and a log may have been read before it was said: look once. */
  const unrestored = bus.onRestored((streams) => {
    const restored = new Set(streams)
    const entries = [...followed.values()].filter(({ key }) => restored.has(key.stream))
    Promise.allSettled(entries.map(({ opening }) => opening))
      .then(() => poll(entries))
      .catch((error: unknown) => log.fault('position poll', error))
  })

  async function poll(entries: readonly Followed[]) {
    if (entries.length === 0) return
    const missing = new Set(entries.map(({ key }) => logId(key)))
    for (const position of await journal.positions(entries.map(({ key }) => key))) {
      followed.get(logId(position.log))?.track?.reaches(position.epoch, position.seq)
      missing.delete(logId(position.log))
    }
    // The stream was erased: who joins again hears that there is none.
    for (const id of missing) followed.get(id)?.track?.lose()
  }

  function tick() {
    const entries = [...followed.values()].filter(({ track }) => track !== null)
    const now = clock.now()
    for (const entry of entries) {
      if (entry.posAt > now || !entry.track) continue
      entry.posAt = nextPos()
      entry.track.channel.tellPosition()
    }
    poll(entries)
      .catch((error: unknown) => log.fault('position poll', error))
      .finally(() => {
        if (!closed) cancelTick = clock.after(POLL_MS, tick)
      })
      .catch((error: unknown) => log.fault('position poll', error))
  }
  let closed = false
  let cancelTick = clock.after(POLL_MS, tick)

  return {
    async follow(key, as, follower) {
      const entry = followed.get(logId(key)) ?? open(key, as, follower)
      entry.followers.add(follower)
      const release = () => {
        entry.followers.delete(follower)
        if (entry.followers.size === 0) drop(entry)
      }
      try {
        const track = await entry.opening
        const catchUp = async (seq: number) => {
          const position = track.seq() < seq ? await positions.of(key) : null
          if (position) track.reaches(position.epoch, position.seq)
          await track.filled()
          // Else the reader would be sent back to before what it has seen, as if its position were foreign.
          if (position?.epoch === track.epoch && track.seq() < Math.min(seq, position.seq))
            throw new Error('a log could not be read up to a position it has')
        }
        return { track, release, catchUp }
      } catch (error) {
        release()
        throw error
      }
    },
    followed: () => followed.size,
    close() {
      closed = true
      unsubscribe()
      unrestored()
      cancelTick()
      for (const entry of [...followed.values()]) drop(entry)
    },
  }
}

// The two sides of a room: host and moderators stand at the newest entry, everybody else behind the moderation delay,
// with everything they are shown: entries, position, pin, rules, state. Without a delay the two are the same.
import type { Entry, Role } from '../../shared/protocol/index.ts'
import type { Clock } from '../app/ports.ts'
import { createDelay } from './delay.ts'
import type { Delay } from './delay.ts'
import type { Channel, Listener, OpenChannel, Seat } from './fanout.ts'
import type { LogView } from './resume.ts'
import { withEntry } from './room.ts'
import type { RoomFacts } from './room.ts'
import type { Track } from './track.ts'

export type Side = {
  /** Of the next who listens. */
  seat(): Seat
  /** Brings that seat up to everything that this side may know now. */
  settle(): void
  /** The newest seq that this side may know now: some of its listeners hear it in a moment. */
  known(): number
  /** What was said up to that seat, or up to `seq`. */
  view(seq?: number): LogView
  facts(): RoomFacts
  /** The newest seq that may be read on this side; Infinity where nothing is held back. */
  end(): number
  /** From the seat on, until the returned function is called or the peer is gone. */
  listen(listener: Listener): () => void
  /** Resolves when this side has come to `seq`, which the log has: at most the delay away. */
  reached(seq: number): Promise<void>
}
export type Sides = {
  /** The channel of the room's track. Once, before anything else. */
  channel(open: OpenChannel, start: number): Channel
  applied(entries: readonly Entry[]): void
  /** `stored` may be newer than the track's position, never older. Once, before anybody is let in. */
  begin(track: Track, stored: RoomFacts): void
  /** As the newest entry leaves them. */
  facts(): RoomFacts
  of(role: Role): Side
}

const delayOf = ({ rules }: RoomFacts) => rules.delaySeconds * 1_000

export function createSides(clock: Clock): Sides {
  type Open = { track: Track; delay: Delay; now: RoomFacts; behind: RoomFacts }
  let delay: Delay | null = null
  let open: Open | null = null
  const early: Entry[] = []

  const opened = (): Open => {
    if (!open) throw new Error('a room was used before it was open')
    return open
  }
  const shown = (entries: readonly Entry[]) => {
    if (open) open.behind = entries.reduce(withEntry, open.behind)
  }

  const prompt: Side = {
    seat: () => opened().delay.prompt().seat(),
    settle: () => opened().delay.prompt().settle(),
    known: () => opened().delay.prompt().end(),
    view: (seq = prompt.seat().seq) => opened().track.view(seq),
    facts: () => opened().now,
    end: () => Infinity,
    listen: (listener) => opened().delay.listenPromptly(listener),
    reached: () => Promise.resolve(),
  }
  const behind: Side = {
    seat: () => opened().delay.seat(),
    settle: () => opened().delay.settle(),
    known: () => opened().delay.end(),
    view: (seq = behind.seat().seq) => opened().track.view(seq),
    facts: () => (opened().delay.on() ? opened().behind : opened().now),
    end: () => (opened().delay.on() ? opened().delay.end() : Infinity),
    listen: (listener) => opened().delay.listen(listener),
    reached: (seq) => opened().delay.reached(seq),
  }

  return {
    channel: (openChannel, start) => (delay = createDelay(clock, openChannel, start, shown)),
    applied(entries) {
      if (!open) {
        early.push(...entries)
        return
      }
      const before = open.now
      open.now = entries.reduce(withEntry, before)
      const wasOn = delay?.on()
      // Before these entries are pushed: those that end a delay wait for nothing, those that begin one wait already.
      if (delayOf(open.now) !== delayOf(before)) delay?.set(delayOf(open.now))
      if (!delay?.on()) return
      // The text of a pin that is deleted goes everywhere at once (L6).
      const deletes = entries.filter(({ event }) => event.type === 'deleted')
      open.behind = deletes.reduce(withEntry, wasOn ? open.behind : before)
    },
    begin(track, stored) {
      const now = early.reduce(withEntry, stored)
      if (!delay) throw new Error('a room was opened before its log')
      open = { track, delay, now, behind: now }
      const held = delay.begin(delayOf(now), track.view(track.seq()).entries)
      // What was pinned before is not known: better no pin for some seconds than one before its time.
      if (held.some(({ event }) => event.type === 'pinned')) open.behind = { ...now, pin: null }
    },
    facts: () => opened().now,
    of: (role) => (role === 'viewer' ? behind : prompt),
  }
}

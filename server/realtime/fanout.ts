// Entries out to the sockets of one log: encoded once, published once per topic. Many listeners are seated in parts
// with a topic each, which are told one after the other as the node's pace allows; every part hears every entry
// once and in order, some parts a little later than others.
import { logId } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import { withoutText } from '../domain/tombstone.ts'
import type { Entry, Frame } from '../../shared/protocol/index.ts'
import type { Epoch } from '../../shared/ids.ts'
import type { Clock, Peer, Topics } from '../app/ports.ts'
import { framesOf, positionFrame } from './frames.ts'
import type { Pace, Part } from './pace.ts'

/** Listeners of one part: telling them takes about 2 ms, in which nobody else is served. */
const PART = 250
/** A count waits so long per listener for entries to ride along with: then it costs no write of its own. */
const ASIDE_MS_PER_LISTENER = 0.1

export type Listener = Pick<Peer, 'subscribe' | 'unsubscribe'>
export type Seat = { topic: string; seq: number }
export type Channel = {
  /** Consecutive entries, right after the last ones. */
  push(entries: readonly Entry[]): void
  /** The newest that was pushed. */
  end(): number
  /** What everybody has been told. */
  told(): number
  /** Where the next listener sits: told up to `seq` so far, right after which it hears. The same until somebody
   * listens, leaves or is told something. */
  seat(): Seat
  /** Brings that seat to the end. */
  settle(): void
  /** Takes that seat. Returns how to leave it. */
  listen(listener: Listener): () => void
  /** To every listener, beside the log. A newer one of the same kind takes the place of what still waits. */
  tell(frame: Frame): void
  /** How far the log was told to these listeners: whoever has heard less reads the gap. */
  tellPosition(): void
  /** Everybody, at once. */
  flush(): void
  close(): void
}

/** A channel of one log. Behind `suffix` it has topics of its own. */
export type OpenChannel = (at: { seq: number; suffix?: string }) => Channel
export type ChannelDeps = { topics: Topics; clock: Clock; pace: Pace }

type Seats = Part & {
  topic: string
  count: number
  seq: number
  asides: Map<Frame['t'], string>
  pos: boolean
}

export function createChannel(
  { topics, clock, pace }: ChannelDeps,
  log: LogKey,
  start: { epoch: Epoch; seq: number },
  suffix = '',
): Channel {
  const { epoch } = start
  const base = logId(log) + suffix
  /** Since the part that has been told least. */
  let recent: Entry[] = []
  let end = start.seq
  let listeners = 0
  let opened = 0
  const parts = [open()]
  /** Those with room, and the one that is filled up now. */
  const roomy = new Set(parts)
  let cancelAsides: (() => void) | null = null

  function open(): Seats {
    const part: Seats = {
      topic: opened === 0 ? base : `${base}/${opened}`,
      count: 0,
      seq: end,
      asides: new Map(),
      pos: false,
      listeners: () => part.count,
      tell: () => tellPart(part),
    }
    opened += 1
    return part
  }

  /** The first part stays however empty: it is what a log without a listener has. */
  function nextSeats(): Seats {
    for (const part of roomy) return part
    const part = open()
    parts.push(part)
    roomy.add(part)
    return part
  }

  function tellPart(part: Seats) {
    const { topic, asides } = part
    const news = recent.slice(recent.length - (end - part.seq))
    for (const frame of framesOf(log, epoch, news)) topics.publish(topic, frame)
    part.seq = end
    for (const frame of asides.values()) topics.publish(topic, frame)
    asides.clear()
    if (part.pos && news.length === 0) topics.publish(topic, positionFrame(log, epoch, end))
    part.pos = false
    const least = told()
    if (recent.length > end - least) recent = recent.slice(recent.length - (end - least))
  }

  const told = () => parts.reduce((least, { seq }) => Math.min(least, seq), end)

  function tellAsides() {
    cancelAsides = null
    for (const part of [...parts]) if (part.asides.size > 0 || part.pos) pace.wants(part, listeners)
  }

  function aside() {
    const ms = Math.floor(listeners * ASIDE_MS_PER_LISTENER)
    if (ms === 0) tellAsides()
    else cancelAsides ??= clock.after(ms, tellAsides)
  }

  function leave(part: Seats) {
    listeners -= 1
    part.count -= 1
    if (part.count > 0 || part === parts[0]) {
      roomy.add(part)
      return
    }
    pace.forget(part)
    roomy.delete(part)
    parts.splice(parts.indexOf(part), 1)
  }

  return {
    push(entries) {
      recent.push(...entries)
      end = entries.at(-1)?.seq ?? end
      // A delete that waits beside its message: the text need not go out any more (L6).
      for (const { event } of entries)
        if (event.type === 'deleted') recent = recent.map((entry) => withoutText(entry, event.target))
      for (const part of [...parts]) pace.wants(part, listeners)
    },
    end: () => end,
    told,
    seat() {
      const { topic, seq } = nextSeats()
      return { topic, seq }
    },
    settle() {
      const part = nextSeats()
      if (part.seq === end) return
      pace.forget(part)
      tellPart(part)
    },
    listen(listener) {
      const part = nextSeats()
      part.count += 1
      listeners += 1
      if (part.count >= PART) roomy.delete(part)
      listener.subscribe(part.topic)
      let left = false
      return () => {
        if (left) return
        left = true
        listener.unsubscribe(part.topic)
        leave(part)
      }
    },
    tell(frame) {
      const json = JSON.stringify(frame)
      for (const part of parts) part.asides.set(frame.t, json)
      aside()
    },
    tellPosition() {
      for (const part of parts) part.pos = true
      aside()
    },
    flush() {
      for (const part of parts) {
        pace.forget(part)
        tellPart(part)
      }
    },
    close() {
      cancelAsides?.()
      for (const part of parts) pace.forget(part)
      recent = []
    },
  }
}

// What one person sees of one stream's chat, as a value: entries and state in, state out. Pure.
import type { Epoch, MessageId } from '../../shared/ids.ts'
import type { Entry, LogName, Message, Quote, Rules, StreamEvent } from '../../shared/protocol/events.ts'
import type { LogWelcome, Pulse, Snapshot, Welcome } from '../../shared/protocol/frames.ts'
import { OPEN_RULES } from '../../shared/protocol/rules.ts'

/** A contiguous stretch of a log: `entries` are `from`..`seq` without a hole. */
export type LogView = { epoch: Epoch; from: number; seq: number; entries: readonly Entry[] }

export type Room = {
  you: Welcome['you'] | null
  stream: Welcome['stream'] | null
  logs: Partial<Record<LogName, LogView>>
  pin: Message | null
  slowSeconds: number
  rules: Rules
  pulse: Pulse
  /** The line is too slow for every entry of the room: it shows the newest ones, once a second. */
  spared: boolean
  /** Deleted ids: an older page that was read before the delete must not bring the text back. */
  gone: ReadonlySet<MessageId>
  /** What the last reconnect brought; `whole: false` when the history in between could not be continued. */
  caughtUp: { messages: number; whole: boolean } | null
  /** Logs whose reader has scrolled up: they are trimmed later. */
  lookingBack: ReadonlySet<LogName>
}

export type RoomEvent =
  | { type: 'welcome'; welcome: Welcome }
  | { type: 'entries'; log: LogName; entries: readonly Entry[] }
  /** A page of history that ends right before `from`. */
  | { type: 'older'; log: LogName; entries: readonly Entry[] }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'pulse'; pulse: Pulse }
  | { type: 'lookingBack'; log: LogName; on: boolean }
  | { type: 'caughtUpSeen' }

/** Entries kept in memory. The inbox keeps more: its conversations are listed from it. */
const KEEP: Record<LogName, number> = { room: 500, thread: 500, inbox: 3_000, backstage: 1_000 }
/** Somebody who reads back keeps more, but not without end. */
const LOOKING_BACK = 1_000

export const emptyRoom: Room = {
  you: null,
  stream: null,
  logs: {},
  pin: null,
  slowSeconds: 0,
  rules: OPEN_RULES,
  pulse: { viewers: 0, reactions: {} },
  spared: false,
  gone: new Set(),
  caughtUp: null,
  lookingBack: new Set(),
}

export function reduce(room: Room, event: RoomEvent): Room {
  switch (event.type) {
    case 'welcome':
      return welcomed(room, event.welcome)
    case 'entries':
      return trimmed(appended(room, event.log, event.entries), event.log)
    case 'older':
      return prepended(room, event.log, event.entries)
    case 'snapshot':
      return shown(room, event.snapshot)
    case 'pulse':
      return { ...room, pulse: event.pulse }
    case 'lookingBack': {
      const lookingBack = new Set(room.lookingBack)
      if (event.on) lookingBack.add(event.log)
      else lookingBack.delete(event.log)
      return trimmed({ ...room, lookingBack }, event.log)
    }
    case 'caughtUpSeen':
      return { ...room, caughtUp: null }
  }
}

function welcomed(room: Room, welcome: Welcome): Room {
  const again = room.you !== null && room.you.id === welcome.you.id
  let next: Room = { ...room, you: welcome.you, stream: welcome.stream, logs: {}, caughtUp: null }
  let messages = 0
  let whole = true
  for (const log of welcome.logs) {
    const before = again || log.log === 'room' ? room.logs[log.log] : undefined
    const continued = log.recovered && before?.epoch === log.epoch
    next = { ...next, logs: { ...next.logs, [log.log]: continued ? before : startOf(log) } }
    next = trimmed(appended(next, log.log, log.entries), log.log)
    if (!before) continue
    if (!continued) whole = false
    const you = welcome.you.id
    messages += log.entries.filter(({ seq, event }) => seq > before.seq && isFromOther(event, you)).length
  }
  // The state frames are newer than any entry before them, whatever those said.
  return {
    ...next,
    stream: welcome.stream,
    pin: welcome.pin && tombstoned(welcome.pin, next.gone),
    slowSeconds: welcome.slowSeconds,
    rules: welcome.rules,
    pulse: welcome.pulse,
    spared: welcome.snapshots === true,
    caughtUp: room.you !== null && (messages > 0 || !whole) ? { messages, whole } : null,
  }
}

/** What does not touch what we have replaces it: a delete in the hole between would never be known. */
function shown(room: Room, snapshot: Snapshot): Room {
  const { epoch, seq, entries, pin, slowSeconds, rules, state, pulse, live } = snapshot
  const before = room.logs.room
  const touches = before?.epoch === epoch && (entries[0]?.seq ?? seq + 1) <= before.seq + 1
  const base = touches ? room : { ...room, logs: { ...room.logs, room: startOf(snapshot) } }
  const next = trimmed(appended(base, 'room', entries), 'room')
  return {
    ...next,
    stream: next.stream && { ...next.stream, state },
    pin: pin && tombstoned(pin, next.gone),
    slowSeconds,
    rules,
    pulse,
    spared: live !== true,
  }
}

function startOf(log: Pick<LogWelcome, 'epoch' | 'seq' | 'entries'>): LogView {
  const first = log.entries[0]?.seq ?? log.seq + 1
  return { epoch: log.epoch, from: first, seq: first - 1, entries: [] }
}

function isFromOther(event: StreamEvent, you: string): boolean {
  return (event.type === 'said' || event.type === 'whispered') && event.message.author.id !== you
}

/** Drops what is there already and stops before a hole: the connection lets neither through, a test may. */
function appended(room: Room, name: LogName, entries: readonly Entry[]): Room {
  const log = room.logs[name]
  if (!log) return room
  let seq = log.seq
  const fresh = entries.filter((entry) => entry.seq === seq + 1 && ++seq)
  if (fresh.length === 0) return room
  const gone = withDeletes(room.gone, fresh)
  const logs = gone === room.gone ? room.logs : cleanedLogs(room.logs, gone)
  const known = logs[name]?.entries ?? []
  const view = { ...log, seq, entries: [...known, ...fresh.map((entry) => cleaned(entry, gone))] }
  const next = { ...room, gone, logs: { ...logs, [name]: view } }
  return fresh.reduce((state, { event }) => applied(state, event), next)
}

function prepended(room: Room, name: LogName, entries: readonly Entry[]): Room {
  const log = room.logs[name]
  if (!log) return room
  const older = entries.filter((entry) => entry.seq < log.from)
  const first = older[0]
  // Trimmed or replaced since it was asked for: a page that does not touch what we have would leave a hole.
  if (!first || older.at(-1)?.seq !== log.from - 1) return room
  const gone = withDeletes(room.gone, older)
  const logs = gone === room.gone ? room.logs : cleanedLogs(room.logs, gone)
  const view = {
    ...log,
    from: first.seq,
    entries: [...older, ...log.entries].map((entry) => cleaned(entry, gone)),
  }
  return { ...room, gone, logs: { ...logs, [name]: view } }
}

function applied(room: Room, event: StreamEvent): Room {
  switch (event.type) {
    case 'said':
    case 'whispered':
    case 'notice':
    case 'held':
    case 'settled':
    case 'reported':
    case 'resolved':
    case 'moderated':
      return room
    case 'ruled':
      return { ...room, rules: event.rules }
    case 'deleted':
      return room.pin?.id === event.target
        ? { ...room, pin: null }
        : { ...room, pin: room.pin && tombstoned(room.pin, room.gone) }
    case 'pinned':
      return { ...room, pin: room.gone.has(event.message.id) ? null : event.message }
    case 'unpinned':
      return { ...room, pin: null }
    case 'slowed':
      return { ...room, slowSeconds: event.seconds }
    case 'stream':
      return { ...room, stream: room.stream && { ...room.stream, state: event.state } }
  }
}

function withDeletes(gone: ReadonlySet<MessageId>, entries: readonly Entry[]): ReadonlySet<MessageId> {
  const targets = entries.flatMap(({ event }) => (event.type === 'deleted' ? [event.target] : []))
  return targets.some((target) => !gone.has(target)) ? new Set([...gone, ...targets]) : gone
}

/** All of them: words that waited are in more than one log. */
function cleanedLogs(logs: Room['logs'], gone: ReadonlySet<MessageId>): Room['logs'] {
  const views = Object.entries(logs).map(([name, log]) => {
    const entries = log.entries.map((entry) => cleaned(entry, gone))
    return [name, entries.some((entry, index) => entry !== log.entries[index]) ? { ...log, entries } : log]
  })
  return Object.fromEntries(views) as Room['logs']
}

/** The same object when there is nothing to clean, so that rows keep their identity. Reports and deeds keep the
 * text that they are about: the server says how long. */
function cleaned(entry: Entry, gone: ReadonlySet<MessageId>): Entry {
  const event = cleanedEvent(entry.event, gone)
  return event === entry.event ? entry : { ...entry, event }
}

function cleanedEvent(event: StreamEvent, gone: ReadonlySet<MessageId>): StreamEvent {
  if (event.type === 'said' || event.type === 'whispered' || event.type === 'pinned') {
    const message = tombstoned(event.message, gone)
    return message === event.message ? event : { ...event, message }
  }
  if (event.type === 'notice' && event.notice.is === 'held') {
    const message = tombstoned(event.notice.message, gone)
    return message === event.notice.message ? event : { ...event, notice: { is: 'held', message } }
  }
  if (event.type === 'held' && event.held.replyTo) {
    const replyTo = quoted(event.held.replyTo, gone)
    return replyTo === event.held.replyTo ? event : { ...event, held: { ...event.held, replyTo } }
  }
  return event
}

function tombstoned(message: Message, gone: ReadonlySet<MessageId>): Message {
  const text = gone.has(message.id) ? null : message.text
  const replyTo = message.replyTo && quoted(message.replyTo, gone)
  if (text === message.text && replyTo === message.replyTo) return message
  return { ...message, text, ...(replyTo ? { replyTo } : {}) }
}

function quoted(quote: Quote, gone: ReadonlySet<MessageId>): Quote {
  return gone.has(quote.id) && quote.text !== null ? { ...quote, text: null } : quote
}

function trimmed(room: Room, name: LogName): Room {
  const log = room.logs[name]
  const keep = KEEP[name] + (room.lookingBack.has(name) ? LOOKING_BACK : 0)
  if (!log || log.entries.length <= keep) return room
  const entries = log.entries.slice(-keep)
  return { ...room, logs: { ...room.logs, [name]: { ...log, entries, from: log.seq - keep + 1 } } }
}

// One stream's chat as a store: the connection, the room, the outbox and what the person may do, behind
// `state()` and `subscribe`. Pages read the stream's state and the viewer count from the same store.
import type { Cmid, MessageId, PrincipalId } from '../../shared/ids.ts'
import { ERRORS } from '../../shared/protocol/errors.ts'
import type { LogName } from '../../shared/protocol/events.ts'
import type { Err } from '../../shared/protocol/frames.ts'
import type { Reaction } from '../../shared/protocol/limits.ts'
import type { PassSource } from '../pass.ts'
import { browserClock } from '../clock.ts'
import { createActs } from './acts.ts'
import { browserRandom, browserSignals, openSocket, shelfOf } from './browser.ts'
import { createConnection } from './connection.ts'
import { createDrafts, draftKey } from './drafts.ts'
import { createHidden } from './hidden.ts'
import { createMarks } from './marks.ts'
import { createOutbox, type Draft, type Lane, type Outgoing } from './outbox.ts'
import { createRequests, type Asked } from './requests.ts'
import { emptyRoom, reduce, type Room, type RoomEvent } from './room.ts'
import { isOver, type Status } from './status.ts'
import { goesBack, isAboutWords, stillStopped, stopOf, type Stops } from './stops.ts'
import type { Clock, Random, Shelf, Signals, Socket } from './surroundings.ts'
import type { ReadMarks } from './threads.ts'
import { createUnsent } from './unsent.ts'

export type ChatState = {
  status: Status
  room: Room
  outgoing: readonly Outgoing[]
  /** How far each private thread was read, by viewer. */
  marks: ReadMarks
  /** What stands in the composers, by lane and person. */
  drafts: Readonly<Record<string, string>>
  /** Client clock: slow mode holds this person's public messages until then. */
  nextPublicAt: number
  /** What the server refused last in each composer, and why. */
  stops: Stops
  /** Server clock minus this client's, ms. */
  skew: number
  /** Messages that this device does not show. */
  hidden: ReadonlySet<MessageId>
}

export const isClosed = ({ status }: ChatState): boolean => isOver(status)

export type Surroundings = {
  clock: Clock
  random: Random
  signals: Signals
  shelf: Shelf
  /** Lives as long as the tab. */
  tab: Shelf
  open: () => Socket
}

export type Chat = ReturnType<typeof createChat>

const OLDER = 50
/** A tap storm stays below what the server refuses. */
const REACT_EVERY_MS = 200

const browser: Surroundings = {
  clock: browserClock,
  random: browserRandom,
  signals: browserSignals,
  shelf: shelfOf(() => localStorage),
  tab: shelfOf(() => sessionStorage),
  open: openSocket,
}

/** Nothing happens before `start`. `passes` is the page's own source, shared with the player: two askers would be
 * two viewers. Tests give their own surroundings. */
export function createChat(deps: { slug: string; passes: PassSource; on?: Surroundings }) {
  const { slug, passes, on = browser } = deps
  const { clock, random, shelf } = on
  let state: ChatState = {
    status: { at: 'stopped' },
    room: emptyRoom,
    outgoing: [],
    marks: {},
    drafts: {},
    nextPublicAt: 0,
    stops: {},
    skew: 0,
    hidden: new Set(),
  }
  const listeners = new Set<() => void>()
  const paging = new Set<LogName>()
  let lastReactionAt = 0

  const marks = createMarks({ shelf, slug })
  const drafts = createDrafts({ shelf: on.tab, slug })
  const hidden = createHidden({ shelf, slug })
  state = { ...state, drafts: drafts.load(), hidden: hidden.load() }
  const connection = createConnection({
    ...on,
    passes,
    onStatus(status) {
      const was = state.status.at
      set({ status })
      if (status.at === 'connected' && state.room.you) outbox.connected(state.room.you.id)
      else if (was === 'connected') {
        outbox.disconnected()
        requests.lost()
      }
    },
    onWelcome: (welcome) => {
      set({ skew: welcome.now - clock.now() })
      step({ type: 'welcome', welcome })
      set({ marks: marks.load(welcome.you.id), drafts: drafts.claim(welcome.you.id) })
    },
    onEntries: (log, entries) => step({ type: 'entries', log, entries }),
    onSnapshot: (snapshot) => step({ type: 'snapshot', snapshot }),
    onPulse: (pulse) => step({ type: 'pulse', pulse }),
    onReply(reply) {
      const mine = reply.t === 'page' ? undefined : outbox.replied(reply)
      if (!mine) requests.replied(reply)
      else answered(mine, reply.t === 'err' ? reply : null)
      set({ nextPublicAt: outbox.nextPublicAt() })
    },
  })
  const requests = createRequests({ clock, random, send: connection.send })
  const outbox = createOutbox({
    clock,
    random,
    unsent: createUnsent({ shelf, clock, slug }),
    send: connection.send,
    doubt: connection.check,
    position: (lane) => state.room.logs[logOf(lane)]?.seq ?? 0,
    epoch: (lane) => state.room.logs[logOf(lane)]?.epoch,
    onChange: (outgoing) => set({ outgoing }),
  })

  const isHost = () => state.room.you?.role === 'host'
  const logOf = (lane: Lane): LogName => (lane === 'public' ? 'room' : isHost() ? 'inbox' : 'thread')

  function set(change: Partial<ChatState>): void {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }

  function step(event: RoomEvent): void {
    const room = reduce(state.room, event)
    if (room === state.room) return
    const stops = Object.entries(state.stops).filter(
      ([, stop]) => stop && stillStopped(stop, state.room, room),
    )
    const fewer = stops.length < Object.keys(state.stops).length
    set({ room, ...(fewer ? { stops: Object.fromEntries(stops) } : {}) })
    outbox.slow(room.you?.role === 'viewer' ? room.slowSeconds : 0)
    outbox.shown()
    if (outbox.nextPublicAt() !== state.nextPublicAt) set({ nextPublicAt: outbox.nextPublicAt() })
  }

  function draft(key: string, text: string): void {
    set({ drafts: drafts.put(key, text) })
    const stop = state.stops[key]
    if (stop && isAboutWords(stop)) set({ stops: { ...state.stops, [key]: undefined } })
  }

  /** Before whatever is being written there. */
  function putBack(key: string, text: string): void {
    const written = state.drafts[key] ?? ''
    draft(key, written === '' ? text : `${text}\n${written}`)
  }

  function takeBack(cmid: Cmid): void {
    const item = outbox.takeBack(cmid)
    if (item) putBack(draftKey(item.lane, item.to), item.text)
  }

  /** A send was answered. What was refused for who one is or what one wrote goes back into an empty composer, as
   * if it had not left; into one with other words it goes when its writer asks. */
  function answered(item: Outgoing, err: Err | null): void {
    const key = draftKey(item.lane, item.to)
    const stop = err ? stopOf(err, clock.now(), isHost()) : undefined
    if (goesBack(item.delivery) && (state.drafts[key] ?? '') === '') takeBack(item.cmid)
    if (stop || (!err && state.stops[key])) set({ stops: { ...state.stops, [key]: stop } })
  }

  /** Null when it took effect, else what to tell the person. */
  async function act(asked: Asked): Promise<string | null> {
    const reply = await requests.ask(asked)
    if (reply === null) return 'Not connected. Try again in a moment.'
    return reply.t === 'err' ? reply.says || ERRORS[reply.code].says : null
  }

  return {
    slug,
    state: () => state,
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: () => connection.start(),
    stop: () => connection.stop(),
    /** Over with a new pass: the person has a new name, or wants another try. */
    restart: () => connection.restart(),
    /** As the one whom this browser has become. What stands unsent stays, and is not sent in the new name. */
    goOn: () => connection.goOn(),
    /** Without waiting for the countdown. */
    tryNow: () => connection.check(true),

    /** False when the text must stay in the composer. */
    post: (draft: Draft): boolean => outbox.post(draft),
    /** Puts a refused or waiting text back into its composer. */
    takeBack,
    /** Everything public that was refused, before the page is left for another: a draft outlives that. */
    takeBackAll(): void {
      for (const item of [...state.outgoing].reverse())
        if (item.lane === 'public' && item.delivery.is === 'refused') takeBack(item.cmid)
    },
    /** Words that were not published, once more into the composer. */
    editAgain: (text: string) => putBack('public', text),
    /** The person has another name: what the former one was refused for goes out. */
    renamed: () => outbox.again('name_reserved'),
    hide: (id: MessageId, hide = true) => set({ hidden: hidden.put(id, hide) }),
    draft,
    ...createActs(act),
    /** False when it was too soon after the last one. Its reply is of no interest: the total tells. */
    react(emoji: Reaction): boolean {
      if (clock.now() - lastReactionAt < REACT_EVERY_MS) return false
      lastReactionAt = clock.now()
      return connection.send({ t: 'react', id: random.uuid(), emoji })
    },
    /** The page before what is there. False when there is none, or it could not be had now. */
    async older(log: LogName): Promise<boolean> {
      const from = state.room.logs[log]?.from ?? 1
      if (from <= 1 || paging.has(log)) return false
      paging.add(log)
      const reply = await requests.ask({ t: 'read', log, from: Math.max(1, from - OLDER), to: from - 1 })
      paging.delete(log)
      if (reply?.t !== 'page') return false
      step({ type: 'older', log, entries: reply.entries })
      return true
    },
    lookingBack: (log: LogName, on: boolean) => step({ type: 'lookingBack', log, on }),
    caughtUpSeen: () => step({ type: 'caughtUpSeen' }),
    read(viewer: PrincipalId, seq: number): void {
      const you = state.room.you
      if (you && seq > (state.marks[viewer] ?? 0)) set({ marks: marks.put(you.id, viewer, seq) })
    },
  }
}

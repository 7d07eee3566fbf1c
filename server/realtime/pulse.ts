// The pulse of a stream: how many people and which reactions, as totals (N2, N3). Summed per node, merged over
// the bus, told at most twice a second and only when something changed. Nothing in it names anybody.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Pulse as Totals, PulseFrame } from '../../shared/protocol/index.ts'
import type { Bus, Clock } from '../app/ports.ts'
import { createPresence } from './presence.ts'
import type { Presence } from './presence.ts'
import type { Tally } from './tally.ts'

const BEAT_MS = 500
/** A node that is silent for three of its heartbeats is gone, and its viewers with it. */
const HEARTBEAT_MS = 5_000
const SILENT_MS = 15_000

type Tell = (frame: PulseFrame) => void
type State = {
  presence: Presence
  others: Map<string, { viewers: number; at: number }>
  /** Null while no room is open here: then nobody asks for totals. */
  room: { totals: Record<string, number>; tell: Tell } | null
  /** Since the last notice. */
  added: Record<string, number>
  sentViewers: number
  sentAt: number
  told: string
}

export type Pulse = {
  open(stream: StreamId, totals: Record<string, number>, tell: Tell): void
  close(stream: StreamId): void
  arrive(stream: StreamId, person: PrincipalId): void
  leave(stream: StreamId, person: PrincipalId): void
  add(stream: StreamId, emoji: string): void
  current(stream: StreamId): Totals
  /** On all nodes, for pages about streams that nobody watches here. */
  viewers(stream: StreamId): number
  stop(): void
}

type Deps = { bus: Bus; clock: Clock; node: string; tally: Tally }

export function createPulse({ bus, clock, node, tally }: Deps): Pulse {
  const streams = new Map<StreamId, State>()

  function of(stream: StreamId): State {
    const state: State = streams.get(stream) ?? {
      presence: createPresence(),
      others: new Map(),
      room: null,
      added: {},
      sentViewers: 0,
      sentAt: clock.now(),
      told: '',
    }
    streams.set(stream, state)
    return state
  }

  const unsubscribe = bus.subscribe((notice) => {
    if (notice.type !== 'pulse' || notice.node === node) return
    const { others, room } = of(notice.stream)
    if (notice.viewers > 0) others.set(notice.node, { viewers: notice.viewers, at: clock.now() })
    else others.delete(notice.node)
    if (room) addTo(room.totals, notice.added)
  })

  function viewers(state: State): number {
    let count = state.presence.count()
    for (const other of state.others.values()) count += other.viewers
    return count
  }

  function beat(stream: StreamId, state: State, now: number) {
    for (const [other, { at }] of state.others) if (now - at > SILENT_MS) state.others.delete(other)
    const here = state.presence.count()
    const changed = here !== state.sentViewers || Object.keys(state.added).length > 0
    if (changed || (here > 0 && now - state.sentAt >= HEARTBEAT_MS)) {
      bus.publish({ type: 'pulse', node, stream, viewers: here, added: state.added })
      state.added = {}
      state.sentViewers = here
      state.sentAt = now
    }
    if (state.room) {
      const totals = { viewers: viewers(state), reactions: state.room.totals }
      const told = JSON.stringify(totals)
      if (told !== state.told) state.room.tell({ t: 'pulse', ...totals })
      state.told = told
    } else if (here === 0 && state.others.size === 0) streams.delete(stream)
  }

  function tick() {
    const now = clock.now()
    for (const [stream, state] of streams) beat(stream, state, now)
    cancel = clock.after(BEAT_MS, tick)
    // Never rejects, and a database that hangs must not stop the beat.
    tally.flush().catch(() => undefined)
  }
  let cancel = clock.after(BEAT_MS, tick)

  return {
    open(stream, totals, tell) {
      const state = of(stream)
      state.room = { totals: { ...totals }, tell }
      addTo(state.room.totals, tally.unwritten(stream))
      state.told = ''
    },
    close(stream) {
      const state = streams.get(stream)
      if (state) state.room = null
    },
    arrive: (stream, person) => of(stream).presence.arrive(person),
    leave: (stream, person) => of(stream).presence.leave(person),
    add(stream, emoji) {
      const state = of(stream)
      tally.add(stream, emoji, clock.now())
      addTo(state.added, { [emoji]: 1 })
      if (state.room) addTo(state.room.totals, { [emoji]: 1 })
    },
    current(stream) {
      const state = of(stream)
      return { viewers: viewers(state), reactions: { ...state.room?.totals } }
    },
    viewers(stream) {
      const state = streams.get(stream)
      return state ? viewers(state) : 0
    },
    stop() {
      unsubscribe()
      cancel()
    },
  }
}

function addTo(totals: Record<string, number>, added: Record<string, number>) {
  for (const [emoji, count] of Object.entries(added)) totals[emoji] = (totals[emoji] ?? 0) + count
}

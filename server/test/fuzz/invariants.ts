// What must hold of a fuzzed world: at any moment, and when all is quiet again. Each answers with what is wrong.
import type { Entry, LogName } from '../../../shared/protocol/index.ts'
import type { LogKey } from '../../domain/log.ts'
import type { Cast } from './cast.ts'
import type { Seat } from './page.ts'
import type { World } from './world.ts'

const messageOf = ({ event }: Entry) => ('message' in event ? event.message : undefined)
const keyOf = ({ stream, name }: Seat, log: LogName, world: World): LogKey =>
  log === 'thread'
    ? { kind: log, stream: stream.id, viewer: world.person(name) }
    : { kind: log, stream: stream.id }

/** The same entry but for texts, which may be those it had. */
const shapeOf = ({ seq, at, event }: Entry) => {
  const { id, author } = messageOf({ seq, at, event }) ?? {}
  const target = event.type === 'deleted' ? event.target : ''
  return `${seq} ${at} ${event.type} ${id ?? ''} ${author?.id ?? ''} ${target}`
}

/** I1: what a page shows of a log is a gapless run of it, and no text that it knows to be deleted. */
export async function stretches(world: World, cast: Cast): Promise<string[]> {
  const wrong: string[] = []
  for (const seat of cast.seats) {
    const room = seat.page?.chat.state().room
    for (const [name, view] of Object.entries(room?.logs ?? {}) as [
      LogName,
      { from: number; seq: number; entries: readonly Entry[] },
    ][]) {
      const truth = await world.truth(keyOf(seat, name, world))
      const say = (what: string) => wrong.push(`I1 ${seat.name} ${name}: ${what}`)
      if (view.seq > truth.length) say(`at ${view.seq}, the log at ${truth.length}`)
      if (view.entries.length !== view.seq - view.from + 1)
        say(`${view.entries.length} entries in ${view.from}..${view.seq}`)
      const gone = new Set(
        truth.slice(0, view.seq).flatMap(({ event }) => (event.type === 'deleted' ? [event.target] : [])),
      )
      view.entries.forEach((entry, i) => {
        const real = truth[view.from - 1 + i]
        if (!real || shapeOf(entry) !== shapeOf(real)) {
          say(`${shapeOf(entry)} is not ${real ? shapeOf(real) : 'there'}`)
          return
        }
        const [shown, stored] = [messageOf(entry), messageOf(real)]
        for (const [id, text, now] of [
          [shown?.id, shown?.text, stored?.text],
          [shown?.replyTo?.id, shown?.replyTo?.text, stored?.replyTo?.text],
        ]) {
          if (typeof id !== 'string' || text === now) continue
          if (text === null && now !== null) say(`${entry.seq} lost its text`)
          else if (text !== world.committed.get(id)?.text) say(`${entry.seq} says ${String(text)}`)
          else if (gone.has(id)) say(`${entry.seq} still says ${String(text)}, deleted before ${view.seq}`)
        }
      })
    }
  }
  return wrong
}

/** I2, I6 and the end of I1: everybody is there, at the end of each log, with the same pin and no deleted text. */
export async function settled(world: World, cast: Cast): Promise<string[]> {
  const wrong: string[] = []
  for (const seat of cast.seats) {
    const state = seat.page?.chat.state()
    const say = (what: string) => wrong.push(`${seat.name}@${seat.stream.slug}: ${what}`)
    if (!state || state.status.at !== 'connected') {
      say(`I2 ${JSON.stringify(state?.status)}`)
      continue
    }
    const names: LogName[] = ['room', seat.host ? 'inbox' : 'thread']
    if (state.room.you?.role !== 'viewer') names.push('backstage')
    for (const name of names) {
      const truth = await world.truth(keyOf(seat, name, world))
      const { seq } = state.room.logs[name] ?? {}
      if (seq !== truth.length) say(`I2 ${name} at ${String(seq)} of ${truth.length}`)
    }
    const pinned = await world.journal.pinned(seat.stream.id)
    if (JSON.stringify(state.room.pin) !== JSON.stringify(pinned))
      say(`I6 pin ${JSON.stringify(state.room.pin)}, not ${JSON.stringify(pinned)}`)
    // But for the writer's own words, because of an unsent one nobody knows whether it is the deleted one; and for the
    // backstage, which keeps what was removed (P17).
    const stored = seat.shelf.keys().map((key) => JSON.parse(seat.shelf.get(key) ?? '') as object)
    const held = JSON.stringify([
      { ...state.room, logs: { ...state.room.logs, backstage: null } },
      [...state.outgoing, ...stored].map((item) => ({ ...item, text: '' })),
    ])
    for (const id of await deletedIn(world, seat)) {
      const text = world.committed.get(id)?.text
      if (text !== undefined && new RegExp(`${text}\\b`).test(held))
        say(
          `I1 still holds the deleted ${text}: ${held.slice(Math.max(0, held.indexOf(text) - 300), held.indexOf(text) + 200)}`,
        )
    }
  }
  return wrong
}

async function deletedIn(world: World, seat: Seat): Promise<string[]> {
  const logs = ['room', seat.host ? 'inbox' : 'thread'] as const
  const read = await Promise.all(logs.map((log) => world.truth(keyOf(seat, log, world))))
  return read.flat().flatMap(({ event }) => (event.type === 'deleted' ? [event.target] : []))
}

/** I3, I4: what was written is in the log once if anybody was told so, is before its writer if not, in order. */
export function written(world: World, cast: Cast): string[] {
  const wrong: string[] = []
  const times = new Map<string, number>()
  const order = new Map<string, number>()
  for (const { text, cmid } of world.committed.values()) {
    times.set(text, (times.get(text) ?? 0) + 1)
    order.set(cmid, order.size)
  }
  for (const seat of cast.seats) {
    const say = (what: string) => wrong.push(`${seat.name}@${seat.stream.slug}: ${what}`)
    const pages = cast.seats.filter(({ name, stream }) => name === seat.name && stream === seat.stream)
    const outgoing = pages.flatMap(({ page }) => page?.chat.state().outgoing ?? [])
    const drafts = pages.flatMap(({ page }) => Object.values(page?.chat.state().drafts ?? {}))
    for (const { text, toldSent, unsaved } of seat.posts) {
      const count = times.get(text) ?? 0
      const items = outgoing.filter((item) => item.text === text)
      const seen = items.length > 0 || drafts.includes(text)
      if (count > 1) say(`I3 "${text}" is there ${count} times`)
      if (toldSent && count === 0) say(`I3 "${text}" was acknowledged and is not there`)
      if (count === 0 && !seen && !unsaved) say(`I3 "${text}" vanished`)
      // Nobody can know what became of a send that the closing page was waiting for: that much is said.
      const told = items.every(
        ({ delivery }) => delivery.is === 'refused' && delivery.says.includes('whether'),
      )
      if (count > 0 && seen && !told)
        say(`I3 "${text}" is there and still ${JSON.stringify(items[0]?.delivery)}`)
      for (const { delivery } of items)
        if (delivery.is !== 'refused') say(`I3 "${text}" is still ${JSON.stringify(delivery)}`)
    }
    if (!cast.alone(seat)) continue
    for (const lane of ['public', 'private']) {
      const sent = seat.posts.filter((post) => post.lane === lane && post.cmids.length === 1)
      const places = sent.flatMap(({ text, cmids }) => {
        const at = order.get(cmids[0] ?? '')
        return at === undefined ? [] : [{ text, at }]
      })
      places.forEach(({ text, at }, i) => {
        const before = places[i - 1]
        if (before && before.at > at) say(`I4 "${text}" is before "${before.text}"`)
      })
    }
  }
  return wrong
}

/** I7: nothing is left running on a node that nobody listens to. */
export function idle(cast: Cast): string[] {
  return cast.nodes.flatMap(({ chat, life }, i) => {
    const { sockets, logs } = chat.counts()
    // The polls of positions and of revocations, and the beat of the pulse.
    const left = sockets + logs > 0 || life.timers() > 3
    return left ? [`I7 node ${i}: ${sockets} sockets, ${logs} logs, ${life.timers()} timers`] : []
  })
}

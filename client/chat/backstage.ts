// What host and moderators have before them: what waits, what was reported, who did what. Read from the entries of
// `backstage` alone. Every answer is a new value: in a component memoise it by `room.logs.backstage`.
import type { MessageId, PrincipalId } from '../../shared/ids.ts'
import type {
  Deed,
  Held,
  Message,
  Person,
  Report,
  StreamEvent,
  Verdict,
} from '../../shared/protocol/events.ts'
import type { Room } from './room.ts'

type Seen = Pick<Room, 'logs' | 'gone'>

/** Held messages that nobody has decided about, oldest first. */
export function heldOpen(room: Pick<Room, 'logs'>): Held[] {
  const settled = new Set<MessageId>()
  const open: Held[] = []
  for (const { event } of entriesOf(room)) {
    if (event.type === 'settled') settled.add(event.target)
    if (event.type === 'held' && event.held.verdict === 'open') open.push(event.held)
  }
  return open.filter(({ id }) => !settled.has(id))
}

/** `message` as the newest report shows it: its text may be there after a delete too, so `deleted` says that. */
export type Reported = {
  message: Message
  deleted: boolean
  /** Oldest first. */
  reports: (Pick<Report, 'by' | 'reason' | 'note'> & { at: number })[]
}

/** Messages with reports that nobody has dealt with; the one that was reported first comes first. */
export function reportsOpen(room: Seen): Reported[] {
  const open = new Map<MessageId, Reported>()
  for (const { at, event } of entriesOf(room)) {
    if (event.type === 'resolved') open.delete(event.target)
    if (event.type !== 'reported') continue
    const { message, by, reason, note } = event.report
    const before = open.get(message.id)?.reports ?? []
    open.set(message.id, { message, deleted: false, reports: [...before, { by, reason, note, at }] })
  }
  const removed = removedIn(room)
  return [...open.values()].map((one) => ({ ...one, deleted: removed(one.message) }))
}

/** A delete is known from the room, from the trail, or from a text that is not there any more. */
function removedIn(room: Seen): (message: Message) => boolean {
  const removed = new Set<MessageId>()
  for (const { event } of entriesOf(room))
    if (event.type === 'moderated' && event.deed.is === 'deleted') removed.add(event.deed.message.id)
  return ({ id, text }) => text === null || removed.has(id) || room.gone.has(id)
}

export type TrailDeed =
  | Deed
  /** `held` when its entry is at hand. */
  | { is: Exclude<Verdict, 'open'>; target: MessageId; held: Held | null }
  | { is: 'resolved'; target: MessageId; message: Message | null }
export type TrailLine = { seq: number; at: number; by: Person; deed: TrailDeed }

/** Who did what, the newest first. */
export function trail(room: Pick<Room, 'logs'>): TrailLine[] {
  const held = new Map<MessageId, Held>()
  const reported = new Map<MessageId, Message>()
  const lines: TrailLine[] = []
  for (const { seq, at, event } of entriesOf(room)) {
    if (event.type === 'held') held.set(event.held.id, event.held)
    if (event.type === 'reported') reported.set(event.report.message.id, event.report.message)
    const deed = deedOf(event, held, reported)
    if (deed && 'by' in event) lines.push({ seq, at, by: event.by, deed })
  }
  return lines.reverse()
}

function deedOf(
  event: StreamEvent,
  held: ReadonlyMap<MessageId, Held>,
  reported: ReadonlyMap<MessageId, Message>,
): TrailDeed | undefined {
  if (event.type === 'moderated') return event.deed
  if (event.type === 'settled')
    return { is: event.verdict, target: event.target, held: held.get(event.target) ?? null }
  if (event.type === 'resolved')
    return { is: 'resolved', target: event.target, message: reported.get(event.target) ?? null }
  return undefined
}

/** When the person's timeout ends, on the server's clock, in the past too; null when none is known or it was
 * lifted. */
export function timedOutUntil(room: Pick<Room, 'logs'>, person: PrincipalId): number | null {
  const deed = latestOf(room, person, ['timed_out', 'timeout_ended'])
  return deed?.is === 'timed_out' ? deed.until : null
}

/** The person's ban; `until` null: for good. Null when none is known or it was ended by somebody. */
export function banOf(
  room: Pick<Room, 'logs'>,
  person: PrincipalId,
): { until: number | null; reason: string | null } | null {
  const deed = latestOf(room, person, ['banned', 'unbanned'])
  return deed?.is === 'banned' ? { until: deed.until, reason: deed.reason } : null
}

function latestOf(room: Pick<Room, 'logs'>, person: PrincipalId, kinds: Deed['is'][]): Deed | undefined {
  const found = entriesOf(room).findLast(
    ({ event }) =>
      event.type === 'moderated' &&
      kinds.includes(event.deed.is) &&
      'target' in event.deed &&
      event.deed.target.id === person,
  )
  return found?.event.type === 'moderated' ? found.event.deed : undefined
}

const entriesOf = ({ logs }: Pick<Room, 'logs'>) => logs.backstage?.entries ?? []

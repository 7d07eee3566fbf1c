// What the journal in memory keeps: the rows that Postgres would hold behind its logs. Texts are in here alone, each
// once; entries point at them, so what is taken away here is gone from every later reading.
import type { Cmid, Epoch, MessageId, PrincipalId, StreamId } from '../../../shared/ids.ts'
import type {
  Author,
  Deed,
  HoldReason,
  Message,
  Notice,
  Person,
  Report,
  StreamEvent,
  Verdict,
} from '../../../shared/protocol/index.ts'
import type { Clock, Placed, Random } from '../../app/ports.ts'
import type { LogKey } from '../../domain/log.ts'
import type { Tables } from './tables.ts'

export type MessageRow = {
  id: MessageId
  cmid: Cmid
  stream: StreamId
  sender: PrincipalId
  /** Name and role at the moment of sending. */
  author: Author
  viewer: PrincipalId | null
  text: string | null
  replyTo: MessageId | null
  at: number
}
/** A public message that waits, or waited. `text` null: too old to be kept. */
export type HeldRow = MessageRow & {
  reason: HoldReason
  matched: string | undefined
  verdict: Verdict
  decidedAt: number | null
}
export type RemovedRow = { stream: StreamId; text: string; at: number }

/** Entries as they are stored: like events, with ids in the place of messages and of texts. */
export type Fact =
  | { type: 'said' | 'whispered'; message: MessageId }
  | { type: 'pinned'; message: MessageId; ver: number }
  | { type: 'held'; held: MessageId }
  | { type: 'notice'; notice: { is: 'held'; held: MessageId } | Exclude<Notice, { is: 'held' }> }
  | { type: 'reported'; report: Omit<Report, 'message'> & { message: MessageId } }
  | { type: 'moderated'; by: Person; deed: DeedRow }
  | Exclude<StreamEvent, { message: Message } | { type: 'held' | 'notice' | 'reported' | 'moderated' }>
export type DeedRow =
  | { is: 'deleted'; message: MessageId }
  | { is: 'noted'; target: Person; note: string }
  | Exclude<Deed, { is: 'deleted' | 'noted' }>
export type EntryRow = { seq: number; at: number; fact: Fact }
/** `moved`: which of all writes was the last one to it. */
export type LogRow = { key: LogKey; epoch: Epoch; at: number; moved: number; rows: EntryRow[] }

export type Rows = {
  messages: Map<MessageId, MessageRow>
  held: Map<MessageId, HeldRow>
  removed: Map<MessageId, RemovedRow>
  /** By message: who reported it, and who of them still waits for an answer. */
  reports: Map<MessageId, { by: Set<PrincipalId>; open: boolean }>
  notes: Map<string, string>
  pins: Map<StreamId, { target: MessageId | null; ver: number }>
}

export const createRows = (): Rows => ({
  messages: new Map(),
  held: new Map(),
  removed: new Map(),
  reports: new Map(),
  notes: new Map(),
  pins: new Map(),
})

/** What every act works with. `place` writes the next entry of a log. */
export type Desk = {
  tables: Tables
  rows: Rows
  clock: Clock
  random: Random
  place: (key: LogKey, fact: Fact) => Placed
}

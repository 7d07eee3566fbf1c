// Entries about people and what is held or removed, in their present state: what threads and the backstage hold
// beside messages. Words are never in the entry: they come from where they are kept, under the policies of there.
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type {
  Deed,
  Held,
  HoldReason,
  Notice,
  Person,
  ReportReason,
  Role,
  StreamEvent,
  Verdict,
} from '../../../shared/protocol/index.ts'
import { toMessage, type MessageRow } from './messages.ts'

/** Behind the joins of a message `m`. A held message that was approved has its words in the message alone. */
export const STAGED_JOINS = `left join app.held h on h.id = (case
      when e.kind = 'held' then e.data ->> 'held'
      when e.kind = 'notice' and e.data ->> 'is' = 'held' then e.data ->> 'target' end)::uuid
    left join app.message hm on hm.id = h.id
    left join app.message hq on hq.id = h.reply_to
    left join app.removed r on r.message_id = e.message_id and e.kind in ('reported', 'moderated')
    left join app.person_note n on n.id = (case when e.kind = 'moderated' then e.data ->> 'note' end)::uuid`
export const STAGED_COLUMNS = `h.id as "heldId", h.sender_id as "heldBy", h.sender_name as "heldName",
    h.sender_role as "heldRole", case h.verdict when 'approved' then hm.text else h.text end as "heldText",
    h.held_at as "heldAt", h.reason as "heldReason", h.matched, h.verdict,
    hq.id as "heldQuoteId", hq.sender_name as "heldQuoteName", hq.text as "heldQuoteText",
    r.text as "removedText", n.text as "noteText"`

/** Fields of a held message are null where an entry is not about one. */
export type StagedRow = MessageRow & {
  messageId: MessageId
  heldId: MessageId
  heldBy: PrincipalId
  heldName: string
  heldRole: Role
  heldText: string | null
  heldAt: number
  heldReason: HoldReason
  matched: string | null
  verdict: Verdict
  heldQuoteId: MessageId | null
  heldQuoteName: string
  heldQuoteText: string | null
  removedText: string | null
  noteText: string | null
}

/** What the entries of each kind keep. */
export type StagedData =
  | { kind: 'notice'; data: Notice | { is: 'held'; target: MessageId } }
  | { kind: 'held'; data: { held: MessageId } }
  | { kind: 'settled'; data: { target: MessageId; verdict: Exclude<Verdict, 'open'>; by: Person } }
  | { kind: 'reported'; data: { by: Person; reason: ReportReason; note: string | null } }
  | { kind: 'resolved'; data: { target: MessageId; by: Person } }
  | { kind: 'moderated'; data: { by: Person; deed: Exclude<Deed, { is: 'deleted' | 'noted' }> | Worded } }
/** Deeds whose words are elsewhere. */
type Worded = { is: 'deleted' } | { is: 'noted'; target: Person }

export function toStagedEvent(entry: StagedData, row: StagedRow): StreamEvent {
  switch (entry.kind) {
    case 'notice':
      return { type: 'notice', notice: toNotice(entry.data, row) }
    case 'held':
      return { type: 'held', held: toHeld(row) }
    case 'reported':
      return { type: 'reported', report: { ...entry.data, message: withRemoved(row) } }
    case 'moderated':
      return { type: 'moderated', by: entry.data.by, deed: toDeed(entry.data.deed, row) }
    case 'settled':
      return { type: 'settled', ...entry.data }
    case 'resolved':
      return { type: 'resolved', ...entry.data }
  }
}

function toNotice(data: Notice | { is: 'held'; target: MessageId }, row: StagedRow): Notice {
  return data.is === 'held' ? { is: 'held', message: heldMessage(row) } : data
}

function toDeed(deed: Exclude<Deed, { is: 'deleted' | 'noted' }> | Worded, row: StagedRow): Deed {
  if (deed.is === 'deleted') return { is: 'deleted', message: withRemoved(row) }
  if (deed.is === 'noted') return { ...deed, text: row.noteText ?? '' }
  return deed
}

const withRemoved = (row: StagedRow) => toMessage({ ...row, text: row.text ?? row.removedText })

const heldMessage = (row: StagedRow) =>
  toMessage({
    id: row.heldId,
    viewerId: null,
    senderId: row.heldBy,
    senderName: row.heldName,
    senderRole: row.heldRole,
    text: row.heldText,
    sentAt: row.heldAt,
    quoteId: row.heldQuoteId,
    quoteName: row.heldQuoteName,
    quoteText: row.heldQuoteText,
  })

const toHeld = (row: StagedRow): Held => ({
  ...heldMessage(row),
  reason: row.heldReason,
  ...(row.matched === null ? {} : { matched: row.matched }),
  verdict: row.verdict,
})

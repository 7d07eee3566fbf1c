// How stored facts become entries in memory: the text of a message is kept once and entries point at it, so a
// delete changes one row and every later reading shows a tombstone.
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type {
  Deed,
  Entry,
  Held,
  Message,
  Notice,
  Quote,
  StreamEvent,
} from '../../../shared/protocol/index.ts'
import type { DeedRow, EntryRow, Fact, HeldRow, MessageRow, Rows } from './rows.ts'
import type { Tables } from './tables.ts'

export function createRenderer(tables: Tables, { messages, held, removed, notes }: Rows) {
  const nameOf = (id: PrincipalId) => tables.people.get(id)?.name ?? 'Someone'

  function rowOf<T>(rows: ReadonlyMap<MessageId, T>, id: MessageId): T {
    const row = rows.get(id)
    if (!row) throw new Error('an entry points at no message')
    return row
  }
  function quoteOf(id: MessageId | null): { replyTo?: Quote } {
    const quoted = id === null ? undefined : messages.get(id)
    return quoted ? { replyTo: { id: quoted.id, name: quoted.author.name, text: quoted.text } } : {}
  }
  function shown({ id, author, at, replyTo }: MessageRow, text: string | null): Message {
    return { id, author, text, at, ...quoteOf(replyTo) }
  }
  function message(id: MessageId): Message {
    const row = rowOf(messages, id)
    return shown(row, row.text)
  }
  /** With the text that was removed, while that is kept: for host and moderators alone. */
  function whole(id: MessageId): Message {
    const row = rowOf(messages, id)
    return shown(row, row.text ?? removed.get(id)?.text ?? null)
  }

  /** Once it was placed its words are in the message alone, so that a delete leaves none here (L6). */
  function heldMessage(row: HeldRow): Message {
    return shown(row, row.verdict === 'approved' ? (messages.get(row.id)?.text ?? null) : row.text)
  }
  function heldOf(row: HeldRow): Held {
    const { reason, matched, verdict } = row
    return { ...heldMessage(row), reason, ...(matched === undefined ? {} : { matched }), verdict }
  }
  function noticeOf(notice: Extract<Fact, { type: 'notice' }>['notice']): Notice {
    return notice.is === 'held' ? { is: 'held', message: heldMessage(rowOf(held, notice.held)) } : notice
  }
  function deedOf(deed: DeedRow): Deed {
    if (deed.is === 'deleted') return { is: 'deleted', message: whole(deed.message) }
    if (deed.is === 'noted') return { is: 'noted', target: deed.target, text: notes.get(deed.note) ?? '' }
    return deed
  }

  function event(fact: Fact): StreamEvent {
    switch (fact.type) {
      case 'said':
        return { type: 'said', message: message(fact.message) }
      case 'whispered': {
        const viewer = messages.get(fact.message)?.viewer ?? ''
        return {
          type: 'whispered',
          viewer: { id: viewer, name: nameOf(viewer) },
          message: message(fact.message),
        }
      }
      case 'pinned':
        return { type: 'pinned', message: message(fact.message), ver: fact.ver }
      case 'held':
        return { type: 'held', held: heldOf(rowOf(held, fact.held)) }
      case 'notice':
        return { type: 'notice', notice: noticeOf(fact.notice) }
      case 'reported':
        return { type: 'reported', report: { ...fact.report, message: whole(fact.report.message) } }
      case 'moderated':
        return { type: 'moderated', by: fact.by, deed: deedOf(fact.deed) }
      case 'deleted':
      case 'unpinned':
      case 'slowed':
      case 'stream':
      case 'ruled':
      case 'settled':
      case 'resolved':
        return fact
    }
  }

  return {
    message,
    entry: (row: EntryRow): Entry => ({ seq: row.seq, at: row.at, event: event(row.fact) }),
  }
}

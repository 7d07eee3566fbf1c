// How stored facts become entries in memory: the text of a message is kept once and entries point at it, so a
// delete changes one row and every later reading shows a tombstone.
import type { Cmid, Epoch, MessageId, PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Author, Entry, Message, StreamEvent } from '../../../shared/protocol/index.ts'
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

type Fact =
  | { type: 'said' | 'whispered'; message: MessageId }
  | { type: 'pinned'; message: MessageId; ver: number }
  | Exclude<StreamEvent, { message: Message }>
export type EntryRow = { seq: number; at: number; fact: Fact }
export type LogRow = { key: LogKey; epoch: Epoch; at: number; rows: EntryRow[] }

export function createRenderer(tables: Tables, messages: ReadonlyMap<MessageId, MessageRow>) {
  const nameOf = (id: PrincipalId) => tables.people.get(id)?.name ?? 'Someone'

  function message(id: MessageId): Message {
    const row = messages.get(id)
    if (!row) throw new Error('an entry points at no message')
    const quoted = row.replyTo === null ? undefined : messages.get(row.replyTo)
    return {
      id,
      author: row.author,
      text: row.text,
      at: row.at,
      ...(quoted ? { replyTo: { id: quoted.id, name: quoted.author.name, text: quoted.text } } : {}),
    }
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
      case 'deleted':
      case 'unpinned':
      case 'slowed':
      case 'stream':
      case 'ruled':
      case 'notice':
      case 'settled':
      case 'resolved':
        return fact
      case 'held':
      case 'reported':
      case 'moderated':
        return fact
    }
  }

  return {
    message,
    entry: (row: EntryRow): Entry => ({ seq: row.seq, at: row.at, event: event(row.fact) }),
  }
}

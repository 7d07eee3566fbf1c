// One line per entry of the backstage: who did what to whom, and why. Pure.
import type { Deed, Entry } from '../../shared/protocol/events.ts'

export const AUDIT_COLUMNS = [
  'seq',
  'at',
  'what',
  'by_id',
  'by',
  'target_id',
  'target',
  'message_id',
  'until',
  'detail',
  'text',
] as const

type Spell = (ms: number) => string
type Cells = Partial<Record<(typeof AUDIT_COLUMNS)[number], string | number | null>>

/** `iso` spells a time in Unix milliseconds. */
export function auditRow({ seq, at, event }: Entry, iso: Spell): (string | number | null)[] {
  const cells: Cells = { seq, at: iso(at), ...cellsOf(event, iso) }
  return AUDIT_COLUMNS.map((column) => cells[column] ?? null)
}

function cellsOf(event: Entry['event'], iso: Spell): Cells {
  switch (event.type) {
    case 'held': {
      const { held } = event
      const { id: target_id, name: target } = held.author
      const detail = held.matched === undefined ? held.reason : `${held.reason}: ${held.matched}`
      return { what: 'held', target_id, target, message_id: held.id, detail, text: held.text }
    }
    case 'settled':
      return { what: event.verdict, by_id: event.by.id, by: event.by.name, message_id: event.target }
    case 'reported': {
      const { by, reason, note, message } = event.report
      const { id: target_id, name: target } = message.author
      const detail = note === null ? reason : `${reason}: ${note}`
      return {
        ...{ what: 'reported', by_id: by.id, by: by.name, target_id, target },
        ...{ message_id: message.id, detail, text: message.text },
      }
    }
    case 'resolved':
      return { what: 'resolved', by_id: event.by.id, by: event.by.name, message_id: event.target }
    case 'moderated':
      return { what: event.deed.is, by_id: event.by.id, by: event.by.name, ...deedCells(event.deed, iso) }
    case 'said':
    case 'whispered':
    case 'deleted':
    case 'pinned':
    case 'unpinned':
    case 'slowed':
    case 'stream':
    case 'ruled':
    case 'notice':
      return { what: event.type }
  }
}

function deedCells(deed: Deed, iso: Spell): Cells {
  const whom = 'target' in deed ? { target_id: deed.target.id, target: deed.target.name } : {}
  switch (deed.is) {
    case 'deleted': {
      const { id: message_id, author, text } = deed.message
      return { target_id: author.id, target: author.name, message_id, text }
    }
    case 'wiped':
      return { ...whom, detail: `${deed.count} messages` }
    case 'timed_out':
    case 'banned': {
      const until = deed.until === null ? null : iso(deed.until)
      return { ...whom, until, detail: deed.reason }
    }
    case 'appointed':
      return { ...whom, detail: deed.everywhere ? 'in all streams' : null }
    case 'noted':
      return { ...whom, text: deed.text }
    case 'slowed':
      return { detail: `${deed.seconds} s` }
    case 'ruled':
      return { detail: JSON.stringify(deed.rules) }
    case 'timeout_ended':
    case 'unbanned':
    case 'dismissed':
    case 'blocked':
    case 'unblocked':
    case 'enrolled':
    case 'expelled':
      return whom
  }
}

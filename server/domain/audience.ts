// From the privacy tables to the logs: whoever may read a log reads everything in it, so the readers of the four kinds
// of log follow from a few cells, and all other cells must agree with them. Pure.
import type { LogName, Request, Role } from '../../shared/protocol/index.ts'
import { ACT_IDS, COLUMN, actRow } from './privacy/act.ts'
import type { ActId } from './privacy/act.ts'
import { object } from './privacy/read.ts'
import type { ObjectId, Part, ReadCell } from './privacy/read.ts'
import type { PrincipalKind } from './privacy/principals.ts'

/** `kept text` alone: nowhere but on surfaces that carry a part of the logs. */
export type Seen = 'whole' | 'tombstone' | 'tombstone and text' | 'kept text' | 'nothing'

/** What a cell gives to somebody whom the object concerns, or to anybody else. */
export function seenBy(cell: ReadCell, concerned: boolean): Seen {
  switch (cell) {
    case 'Y':
      return 'whole'
    case 'T':
      return 'tombstone'
    case 'T+':
      return 'tombstone and text'
    case 'own':
      return concerned ? 'whole' : 'nothing'
    case 'own T':
      return concerned ? 'tombstone' : 'nothing'
    case '-':
    case 'never':
      return 'nothing'
  }
}

/** The object whose row decides who reads the log. */
const DECIDES: Record<LogName, ObjectId> = { room: 'O1', thread: 'O2', inbox: 'O2', backstage: 'O11' }

/** `own`: a thread that is the reader's own. Of an inbox nothing is: it has everybody's. */
export function readsLog(kind: PrincipalKind, log: LogName, own = false): boolean {
  const cell = object(DECIDES[log]).cells[kind]
  return seenBy(cell, own && log === 'thread') !== 'nothing'
}

/** The same for whoever has a socket. */
export const roleReads = (role: Role, log: LogName, own = false): boolean => readsLog(COLUMN[role], log, own)

/** What somebody sees of an object in those logs of theirs that `has` names, and in all of them without it. */
export function seenInLogs(
  kind: PrincipalKind,
  id: ObjectId,
  concerned: boolean,
  has: (log: LogName) => boolean = (log) => readsLog(kind, log, concerned),
): Seen {
  const parts = new Set<Part>()
  for (const [log, part] of Object.entries(object(id).lies) as [LogName, Part][])
    if (has(log)) parts.add(part)
  if (parts.has('whole')) return 'whole'
  if (!parts.has('tombstone')) return parts.has('kept text') ? 'kept text' : 'nothing'
  return parts.has('kept text') ? 'tombstone and text' : 'tombstone'
}

/** Null: nobody. A guest and an account read alike. */
export function kindOf(standing: { role: Role; banned: boolean } | null): PrincipalKind {
  if (standing === null) return 'AN'
  return standing.banned ? 'BN' : COLUMN[standing.role]
}

/** Which object a stored message is. */
export function objectOf(message: { private: boolean; byHost: boolean; deleted: boolean }): ObjectId {
  if (message.deleted) return message.private ? 'O6' : 'O5'
  if (!message.private) return 'O1'
  return message.byHost ? 'O3' : 'O2'
}

/** The rows of the table of acts that a command stands in; `read` is judged by the logs, `renew` by the pass. */
export const actsOf = (command: Request['t']): ActId[] =>
  ACT_IDS.filter((id) => actRow(id).commands.includes(command))

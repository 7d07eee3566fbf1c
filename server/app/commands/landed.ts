// The `ok` of a command that changed logs: where it landed in the log its author reads, and in no other. A
// viewer must not learn a position of the inbox, nor a moderator one of the thread in which a person hears of its
// act: they count private messages.
import { nameOf } from '../../domain/log.ts'
import { ok } from '../../../shared/protocol/index.ts'
import type { LogKey } from '../../domain/log.ts'
import type { LogName, Ok, Role } from '../../../shared/protocol/index.ts'
import type { Cmid } from '../../../shared/ids.ts'
import type { Change } from '../ports.ts'
import type { Answer, Caller } from './handler.ts'

const READS: Record<Role, readonly LogName[]> = {
  host: ['room', 'inbox', 'backstage'],
  moderator: ['room', 'thread', 'backstage'],
  viewer: ['room', 'thread'],
}

export function landed(re: Cmid, { id, role }: Pick<Caller, 'id' | 'role'>, change: Change): Answer {
  const reads = (log: LogKey) =>
    READS[role].includes(nameOf(log)) && (log.kind !== 'thread' || log.viewer === id)
  const place = change.placed.find(({ log }) => reads(log))
  const frame: Ok = {
    t: 'ok',
    re,
    ...(place ? { log: nameOf(place.log), seq: place.seq } : {}),
    ...(change.id === undefined ? {} : { id: change.id }),
    at: change.at,
    ...(change.held ? { held: true } : {}),
    ...(change.dup ? { dup: true } : {}),
  }
  return ok(frame)
}

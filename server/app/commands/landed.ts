// The `ok` of a command that changed logs: where it landed in the log its author reads, and in no other. A
// viewer must not learn a position of the inbox: it counts the private messages of everybody.
import { nameOf } from '../../domain/log.ts'
import { ok } from '../../../shared/protocol/index.ts'
import type { LogName, Ok, Role } from '../../../shared/protocol/index.ts'
import type { Cmid } from '../../../shared/ids.ts'
import type { Change } from '../ports.ts'
import type { Answer } from './handler.ts'

const READS: Record<Role, readonly LogName[]> = {
  host: ['room', 'inbox', 'backstage'],
  moderator: ['room', 'thread', 'backstage'],
  viewer: ['room', 'thread'],
}

export function landed(re: Cmid, role: Role, change: Change): Answer {
  const reads = READS[role]
  const place = change.placed.find(({ log }) => reads.includes(nameOf(log)))
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

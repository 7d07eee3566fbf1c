// `read`: a page of a log, to fill a gap or to page back. A page of the room that this node holds comes out of
// memory: a whole room that repairs a gap costs no statement, and goes on doing so with the database away (C12).
// Everything else the journal reads as this very person.
import { LIMITS, deny, ok } from '../../../shared/protocol/index.ts'
import type { CommandOf, Entry } from '../../../shared/protocol/index.ts'
import type { LogKey } from '../../domain/log.ts'
import type { Journal } from '../ports.ts'
import type { Caller, Handler } from './handler.ts'

export function createRead(journal: Pick<Journal, 'read'>): Handler<'read'> {
  return async (caller, command) => {
    const { id, log, viewer } = command
    if (command.to < command.from) return deny('bad_request', { field: 'to' })
    const { from, to } = pageOf(caller, command)
    const entries =
      to < from
        ? []
        : (heldPage(caller, command) ?? (await journal.read(caller.id, keyOf(caller, command), from, to)))
    return ok({ t: 'page', re: id, log, ...(viewer === undefined ? {} : { viewer }), entries })
  }
}

/** A longer range is answered with its first page: a client that fills a gap goes on from there. A range of what the
 * caller is shown later ends where that begins, and may be empty. */
function pageOf(caller: Pick<Caller, 'shown'>, { log, ...command }: Read) {
  const from = Math.max(1, command.from)
  const end = log === 'room' ? caller.shown() : Infinity
  return { from, to: Math.min(command.to, from + LIMITS.pageEntries - 1, end) }
}

/** The page when it needs no journal; null when it does. */
export function heldPage(caller: Pick<Caller, 'held' | 'shown'>, command: Read): Entry[] | null {
  const { from, to } = pageOf(caller, command)
  return command.log === 'room' && from <= to ? caller.held(from, to) : null
}

type Read = CommandOf<'read'>

function keyOf(caller: Caller, { log, viewer }: CommandOf<'read'>): LogKey {
  const stream = caller.stream.id
  return log === 'thread' ? { kind: 'thread', stream, viewer: viewer ?? caller.id } : { kind: log, stream }
}

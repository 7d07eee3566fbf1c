// `read`: a page of a log, to fill a gap or to page back. The journal reads as this very person.
import { LIMITS, deny, ok } from '../../../shared/protocol/index.ts'
import type { CommandOf } from '../../../shared/protocol/index.ts'
import type { LogKey } from '../../domain/log.ts'
import type { Journal } from '../ports.ts'
import type { Caller, Handler } from './handler.ts'

export function createRead(journal: Pick<Journal, 'read'>): Handler<'read'> {
  return async (caller, command) => {
    const { id, log, viewer, from, to } = command
    if (to < from) return deny('bad_request', { field: 'to' })
    const first = Math.max(1, from)
    // A longer range is answered with its first page: a client that fills a gap goes on from there.
    const last = Math.min(to, first + LIMITS.pageEntries - 1)
    const entries = await journal.read(caller.id, keyOf(caller, command), first, last)
    return ok({ t: 'page', re: id, log, ...(viewer === undefined ? {} : { viewer }), entries })
  }
}

function keyOf(caller: Caller, { log, viewer }: CommandOf<'read'>): LogKey {
  const stream = caller.stream.id
  return log === 'thread' ? { kind: 'thread', stream, viewer: viewer ?? caller.id } : { kind: log, stream }
}

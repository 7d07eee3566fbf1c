// Acts on what is there (`delete`, `pin`, `unpin`, `slow`) and on who is (`ban`, `unban`, `appoint`, `dismiss`). The
// journal checks the right in its transaction.
import type { Cmid } from '../../../shared/ids.ts'
import type { Append } from '../append.ts'
import type { Act } from '../ports.ts'
import type { Answer, Caller, Handlers } from './handler.ts'
import { landed } from './landed.ts'

type Acts = 'delete' | 'pin' | 'unpin' | 'slow' | 'ban' | 'unban' | 'appoint' | 'dismiss'

export function createActs(append: Append): Pick<Handlers, Acts> {
  async function act(caller: Caller, re: Cmid, what: Act): Promise<Answer> {
    const done = await append.act(caller.id, caller.stream.id, what)
    return done.ok ? landed(re, caller.role, done.value) : done
  }
  return {
    delete: (caller, { id, target }) => act(caller, id, { type: 'delete', target }),
    pin: (caller, { id, target }) => act(caller, id, { type: 'pin', target }),
    unpin: (caller, { id }) => act(caller, id, { type: 'unpin' }),
    slow: (caller, { id, seconds }) => act(caller, id, { type: 'slow', seconds }),
    ban: (caller, { id, target, seconds = null }) => act(caller, id, { type: 'ban', target, seconds }),
    unban: (caller, { id, target }) => act(caller, id, { type: 'unban', target }),
    appoint: (caller, { id, target }) => act(caller, id, { type: 'appoint', target }),
    dismiss: (caller, { id, target }) => act(caller, id, { type: 'dismiss', target }),
  }
}

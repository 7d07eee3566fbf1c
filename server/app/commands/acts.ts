// `delete`, `pin`, `unpin`, `slow`: acts on what is there. The journal checks the right in its transaction.
import type { Cmid } from '../../../shared/ids.ts'
import type { Append } from '../append.ts'
import type { Act } from '../ports.ts'
import type { Answer, Caller, Handlers } from './handler.ts'
import { landed } from './landed.ts'

export function createActs(append: Append): Pick<Handlers, 'delete' | 'pin' | 'unpin' | 'slow'> {
  async function act(caller: Caller, re: Cmid, what: Act): Promise<Answer> {
    const done = await append.act(caller.id, caller.stream.id, what)
    return done.ok ? landed(re, caller.role, done.value) : done
  }
  return {
    delete: (caller, { id, target }) => act(caller, id, { type: 'delete', target }),
    pin: (caller, { id, target }) => act(caller, id, { type: 'pin', target }),
    unpin: (caller, { id }) => act(caller, id, { type: 'unpin' }),
    slow: (caller, { id, seconds }) => act(caller, id, { type: 'slow', seconds }),
  }
}

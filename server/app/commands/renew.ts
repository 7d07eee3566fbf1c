// `renew`: a fresh pass for a socket that stays. The same person and stream only (C5).
import { deny, ok } from '../../../shared/protocol/index.ts'
import type { Clock, People, Tokens } from '../ports.ts'
import type { Handler } from './handler.ts'

type Deps = { tokens: Pick<Tokens, 'readPass'>; people: Pick<People, 'sessionPrincipal'>; clock: Clock }

export function createRenew({ tokens, people, clock }: Deps): Handler<'renew'> {
  return async (caller, { id, pass }) => {
    const claims = await tokens.readPass(pass)
    const now = clock.now()
    if (!claims || claims.expiresAt <= now) return deny('sign_in', { field: 'pass' })
    if (claims.principal !== caller.id || claims.stream !== caller.stream.id)
      return deny('not_allowed', { field: 'pass' })
    const person = await people.sessionPrincipal(claims.session, now)
    if (person?.id !== caller.id) return deny('sign_in', { field: 'pass' })
    caller.renewed(claims)
    return ok({ t: 'ok', re: id })
  }
}

// `renew`: a fresh pass for a socket that stays. The same person and stream only (C5).
import { deny, ok } from '../../../shared/protocol/index.ts'
import type { Admission, Clock, PassClaims, Tokens } from '../ports.ts'
import type { Handler } from './handler.ts'

export type RenewDeps = {
  tokens: Pick<Tokens, 'readPass'>
  admission(claims: PassClaims): Promise<Admission>
  /** The newest revocation this node has acted on. */
  revocations: { seq(): number }
  clock: Clock
}

export function createRenew({ tokens, admission, revocations, clock }: RenewDeps): Handler<'renew'> {
  return async (caller, { id, pass }) => {
    const claims = await tokens.readPass(pass)
    if (!claims || claims.expiresAt <= clock.now()) return deny('sign_in', { field: 'pass' })
    if (claims.principal !== caller.id || claims.stream !== caller.stream.id)
      return deny('not_allowed', { field: 'pass' })
    // The session in the new pass is not the socket's yet: were it to end now, nobody would find this socket. So an
    // answer older than what this node has acted on is asked for again.
    let found: Admission
    do found = await admission(claims)
    while (found.seen < revocations.seq())
    const { person, refused } = found
    if (person?.id !== caller.id) return deny('sign_in', { field: 'pass' })
    if (refused !== null) return deny(refused, { field: 'pass' })
    caller.renewed(claims)
    return ok({ t: 'ok', re: id })
  }
}

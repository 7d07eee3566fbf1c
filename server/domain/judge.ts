// Who may do which act in a stream, and to whom (P4, P6, P11, P18, P19). Pure. The database holds the same rules and
// has the last word.
import { deny } from '../../shared/protocol/errors.ts'
import type { Denial } from '../../shared/protocol/errors.ts'
import type { Role } from '../../shared/protocol/events.ts'

const RANK: Record<Role, number> = { viewer: 0, moderator: 1, host: 2 }

/** The least role that may do it at all. What a viewer may delete or report, the message decides. */
const LEAST = {
  delete: 'viewer',
  report: 'viewer',
  pin: 'moderator',
  unpin: 'moderator',
  approve: 'moderator',
  reject: 'moderator',
  resolve: 'moderator',
  note: 'moderator',
  timeout: 'moderator',
  lift: 'moderator',
  ban: 'moderator',
  unban: 'moderator',
  wipe: 'moderator',
  slow: 'host',
  rules: 'host',
  state: 'host',
  appoint: 'host',
  dismiss: 'host',
  block: 'host',
  unblock: 'host',
  enrol: 'host',
  expel: 'host',
} as const satisfies Record<string, Role>

export type ActName = keyof typeof LEAST

const no = (code: Denial['code']): Denial => deny(code).denial

/** Null when somebody of this role may do it. */
export function mayAct(role: Role, act: ActName): Denial | null {
  return RANK[role] < RANK[LEAST[act]] ? no('not_allowed') : null
}

/** Null when somebody of this role may do it to a person of that one; `of` null: there is no such person. Only on
 * those below: so nobody does it to the host, to an equal or to itself. A note does nothing to anybody. */
export function mayActOn(role: Role, act: ActName, of: Role | null): Denial | null {
  const denial = mayAct(role, act)
  if (denial) return denial
  if (of === null) return no('not_found')
  return act === 'note' || RANK[of] < RANK[role] ? null : no('not_allowed')
}

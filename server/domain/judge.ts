// Who may do which act in a stream, and to whom (P4, P6, P11, P18, P19). Pure. The database holds the same rules and
// has the last word.
import { deny } from '../../shared/protocol/errors.ts'
import type { Denial } from '../../shared/protocol/errors.ts'
import type { Request } from '../../shared/protocol/commands.ts'
import type { Role } from '../../shared/protocol/events.ts'
import { actsOf } from './audience.ts'
import { cellFor, refusalOf } from './privacy/act.ts'
import type { ActCell } from './privacy/act.ts'

/** Everything that the table of acts knows, but messages and reactions; and `state`, which no client asks for. */
export type ActName = Exclude<Request['t'], 'say' | 'whisper' | 'react' | 'read' | 'renew'> | 'state'

const no = (code: Denial['code']): Denial => deny(code).denial

/** Null when somebody of this role may do it to somebody or something. */
export function mayAct(role: Role, act: ActName): Denial | null {
  if (act === 'state') return role === 'host' ? null : no('not_allowed')
  return actsOf(act).some((row) => refusalOf(row, role) === null) ? null : no('not_allowed')
}

/** Null when somebody of this role may do it to a person of that one; `of` null: there is no such person. Nobody does
 * it to the host, to an equal or to itself. A note does nothing to anybody. */
export function mayActOn(role: Role, act: ActName, of: Role | null): Denial | null {
  const denial = mayAct(role, act)
  if (denial) return denial
  if (of === null) return no('not_found')
  return act === 'state' || actsOf(act).some((row) => reaches(cellFor(row, role), of))
    ? null
    : no('not_allowed')
}

function reaches(cell: ActCell, of: Role): boolean {
  switch (cell) {
    case 'viewers':
      return of === 'viewer'
    case 'team':
      return of !== 'host'
    case '-':
      return false
    case 'Y':
    case 'own':
    case 'others':
    case 'rules':
      return true
  }
}

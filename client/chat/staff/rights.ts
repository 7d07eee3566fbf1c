// What host and moderators may do to whom, as the server judges it: what is not allowed is not offered.
import type { PrincipalId } from '../../../shared/ids.ts'
import type { Role } from '../../../shared/protocol/events.ts'
import type { Welcome } from '../../../shared/protocol/frames.ts'

type You = Pick<Welcome['you'], 'id' | 'role'>
type Known = { id: PrincipalId; role: Role }

export const isStaff = (role: You['role'] | undefined): boolean => role === 'host' || role === 'moderator'

/** Time out, ban, wipe and their ends: the host everybody else, a moderator viewers only. */
export function mayJudge(you: You | null, target: Known): boolean {
  if (!you || you.id === target.id || target.role === 'host') return false
  return you.role === 'host' || (you.role === 'moderator' && target.role === 'viewer')
}

/** Appoint, block, enrol and their ends. */
export function mayRule(you: You | null, target: Known): boolean {
  return you?.role === 'host' && you.id !== target.id
}

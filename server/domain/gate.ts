// Whether somebody may watch a stream at all. Pure. The database holds the same rule (app.gate_refusal).
import type { GateKind } from '../../shared/api/gates.ts'
import type { Role } from '../../shared/protocol/index.ts'
import { gateRow, type GateCode } from './privacy/gates.ts'
import type { PrincipalKind } from './privacy/principals.ts'

/** `kind` null: no session. `admitted`: under the present revision of the gate. */
export type Visitor = {
  role: Role
  kind: 'guest' | 'account' | null
  member: boolean
  admitted: boolean
  banned: boolean
}

/** Somebody without a session. */
export const NOBODY: Visitor = { role: 'viewer', kind: null, member: false, admitted: false, banned: false }

function columnOf({ role, kind, banned }: Visitor): PrincipalKind {
  if (role === 'host') return 'H'
  if (banned) return 'BN'
  if (role === 'moderator') return 'M'
  return kind === null ? 'AN' : kind === 'guest' ? 'G' : 'V'
}

/** Null when they may; else why not. */
export function mayEnter(gate: GateKind, visitor: Visitor): GateCode | 'banned' | null {
  const { asks, cells } = gateRow(gate)
  const column = columnOf(visitor)
  if (column === 'BN') return 'banned'
  const cell = cells[column]
  const passes =
    cell === 'Y' || (cell === 'entered' && visitor.admitted) || (cell === 'member' && visitor.member)
  return passes ? null : asks
}

/** The same without bans, which are told with how long and why. */
export const gateRefusal = (gate: GateKind, visitor: Visitor): GateCode | null => {
  const refused = mayEnter(gate, { ...visitor, banned: false })
  return refused === 'banned' ? null : refused
}

/** Whether it keeps nobody out. */
export const isOpen = (gate: GateKind): boolean => gateRow(gate).asks === null

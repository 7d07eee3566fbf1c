// Who may do what in one stream. Only who: states of the stream, rules of the room, rates and texts come on top.
import type { ErrorCode, Request, Role } from '../../../shared/protocol/index.ts'
import type { Row } from './principals.ts'

/** `Y` yes. `-` no. `own`: one's own thing. `others`: not one's own thing. `rules`: as the rules of the room say.
 * `viewers`: about viewers. `team`: about viewers and moderators. Nothing is ever done to the host or to oneself. */
export type ActCell = 'Y' | '-' | 'own' | 'others' | 'rules' | 'viewers' | 'team'

/** `refused`: what those hear whose cell says no, when they have a socket at all; `host` where the host's differs. */
type Act = {
  says: string
  commands: readonly Request['t'][]
  refused: ErrorCode
  refusedHost?: ErrorCode
  cells: Row<ActCell>
}

const TEAM = { AN: '-', G: '-', V: '-', M: 'Y', H: 'Y', OH: '-', BN: '-', OV: '-' } as const
const HOST = { AN: '-', G: '-', V: '-', M: '-', H: 'Y', OH: '-', BN: '-', OV: '-' } as const
const JUDGES = { AN: '-', G: '-', V: '-', M: 'viewers', H: 'team', OH: '-', BN: '-', OV: '-' } as const
const APPOINTS = { AN: '-', G: '-', V: '-', M: '-', H: 'team', OH: '-', BN: '-', OV: '-' } as const

export const ACTS = {
  say: {
    says: 'write in public',
    commands: ['say'],
    refused: 'not_allowed',
    cells: { AN: '-', G: 'rules', V: 'rules', M: 'Y', H: 'Y', OH: 'rules', BN: '-', OV: '-' },
  },
  whisper: {
    says: 'write to the host in private',
    commands: ['whisper'],
    refused: 'not_allowed',
    refusedHost: 'bad_request', // the host has to say to whom
    cells: { AN: '-', G: 'Y', V: 'Y', M: 'Y', H: '-', OH: 'Y', BN: '-', OV: '-' },
  },
  answer: {
    says: 'write to a viewer in private, as the host',
    commands: ['whisper'],
    refused: 'not_allowed',
    cells: HOST,
  },
  meet: {
    says: 'write to a viewer in private, as a viewer',
    commands: ['whisper'],
    refused: 'not_allowed',
    cells: { AN: '-', G: '-', V: '-', M: '-', H: '-', OH: '-', BN: '-', OV: '-' },
  },
  react: {
    says: 'add to a reaction',
    commands: ['react'],
    refused: 'not_allowed',
    cells: { AN: '-', G: 'Y', V: 'Y', M: 'Y', H: 'Y', OH: 'Y', BN: '-', OV: '-' },
  },
  pin: { says: 'pin and unpin (O1 alone)', commands: ['pin', 'unpin'], refused: 'not_allowed', cells: TEAM },
  deletePublic: {
    says: 'delete a public message',
    commands: ['delete'],
    refused: 'not_allowed',
    cells: { AN: '-', G: 'own', V: 'own', M: 'Y', H: 'Y', OH: 'own', BN: '-', OV: '-' },
  },
  deletePrivate: {
    says: 'delete a private message',
    commands: ['delete'],
    refused: 'not_allowed',
    cells: { AN: '-', G: 'own', V: 'own', M: 'own', H: 'Y', OH: 'own', BN: '-', OV: '-' },
  },
  settle: {
    says: 'approve and reject a held message',
    commands: ['approve', 'reject'],
    refused: 'not_allowed',
    cells: TEAM,
  },
  report: {
    says: 'report a public message',
    commands: ['report'],
    refused: 'not_allowed',
    cells: { AN: '-', G: 'others', V: 'others', M: 'others', H: 'others', OH: 'others', BN: '-', OV: '-' },
  },
  backstage: {
    says: 'close reports, note something of a person',
    commands: ['resolve', 'note'],
    refused: 'not_allowed',
    cells: TEAM,
  },
  judge: {
    says: 'time out, ban, and end both; delete all of a person',
    commands: ['timeout', 'lift', 'ban', 'unban', 'wipe'],
    refused: 'not_allowed',
    cells: JUDGES,
  },
  appoint: {
    says: 'make moderators, members and blocked people, and end it',
    commands: ['appoint', 'dismiss', 'block', 'unblock', 'enrol', 'expel'],
    refused: 'not_allowed',
    cells: APPOINTS,
  },
  rule: {
    says: 'set the rules and slow mode',
    commands: ['slow', 'rules'],
    refused: 'not_allowed',
    cells: HOST,
  },
} as const satisfies Record<string, Act>

export type ActId = keyof typeof ACTS
export const ACT_IDS = Object.keys(ACTS) as ActId[]
export const actRow = (id: ActId): Act => ACTS[id]

/** Who may not act at all has no role: no session, a ban, an overlay. A guest and an account are the same here; what
 * the rules of a room make of it is domain/send. */
export const COLUMN: Record<Role, 'V' | 'M' | 'H'> = { viewer: 'V', moderator: 'M', host: 'H' }
export const cellFor = (id: ActId, role: Role): ActCell => actRow(id).cells[COLUMN[role]]

/** Null when the table lets this role do it to somebody or something; else what it hears. */
export function refusalOf(id: ActId, role: Role): ErrorCode | null {
  if (cellFor(id, role) !== '-') return null
  const { refused, refusedHost = refused } = actRow(id)
  return role === 'host' ? refusedHost : refused
}

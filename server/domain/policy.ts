// Who may do what in a stream, as one function over the privacy tables: they say who, this adds when and to whom.
// Pure. The database holds the same rules and has the last word; this one answers early and in words.
import type { PrincipalId } from '../../shared/ids.ts'
import { deny } from '../../shared/protocol/errors.ts'
import type { Denial } from '../../shared/protocol/errors.ts'
import type { Request } from '../../shared/protocol/commands.ts'
import type { Role } from '../../shared/protocol/events.ts'
import { actsOf, roleReads } from './audience.ts'
import { refusalOf } from './privacy/act.ts'
import type { GateCode } from './privacy/gates.ts'
import { chatOver } from './slow.ts'
import type { Phase } from './slow.ts'

/** `refused`: what the gate of the stream asks of them, if it keeps them out. */
export type Actor = {
  id: PrincipalId
  role: Role
  banned: boolean
  refused?: GateCode | null
} & Partial<Ban>
/** Until when, in Unix ms (null: for ever), and why, as far as somebody said. */
type Ban = { until: number | null; reason: string | null }

const yes = null
const no = (code: Denial['code'], field?: string): Denial =>
  deny(code, field === undefined ? {} : { field }).denial

/** The refusal of a banned person: how long and why it is theirs to know. */
export function bannedBy({ until = null, reason = null }: Partial<Ban>, now: number): Denial {
  const wait = until === null ? {} : { retryAfterMs: Math.max(1, until - now) }
  return deny('banned', { ...wait, ...(reason === null ? {} : { reason }) }).denial
}

/** Null when the actor may; else the first reason that applies. */
export function may(actor: Actor, command: Request, stream: Phase, now: number): Denial | null {
  if (actor.banned) return bannedBy(actor, now) // P7
  if (actor.refused) return no(actor.refused) // P40
  switch (command.t) {
    case 'say':
    case 'react':
      return chatOver(stream, now) ? no('stream_ended') : yes // M9
    case 'whisper':
      return chatOver(stream, now) ? no('stream_ended') : mayWhisper(actor, command.to)
    case 'timeout':
    case 'lift':
    case 'wipe':
    case 'ban':
    case 'unban':
    case 'appoint':
    case 'dismiss':
    case 'block':
    case 'unblock':
    case 'enrol':
    case 'expel': // P11; whom, the journal decides: it knows their role
      return mayDo(actor.role, command.t) ?? (command.target === actor.id ? no('not_allowed', 'target') : yes)
    case 'pin': // P4
    case 'unpin':
    case 'approve': // P13
    case 'reject':
    case 'resolve':
    case 'note':
    case 'report':
    case 'slow': // P6
    case 'rules':
    case 'delete': // P5 needs the message: the journal decides, and hides what the actor cannot see (P8)
      return mayDo(actor.role, command.t)
    case 'read':
      return mayRead(actor, command)
    case 'renew':
      return yes
  }
}

/** Null when one of the rows that the command stands in lets this role do it to somebody or something. */
function mayDo(role: Role, command: Request['t']): Denial | null {
  const refusals = actsOf(command).map((act) => refusalOf(act, role))
  const [first] = refusals
  return first === undefined || refusals.includes(null) || first === null ? yes : no(first)
}

/** P3: to the host without an address, from the host with one. A moderator is a viewer here. */
function mayWhisper(actor: Actor, to: PrincipalId | undefined): Denial | null {
  const act = to === undefined ? 'whisper' : actor.role === 'host' ? 'answer' : 'meet'
  const refused = refusalOf(act, actor.role) ?? (to === actor.id ? 'not_allowed' : null)
  return refused === null ? yes : no(refused, 'to')
}

/** P1, P2. A log that is not yours answers like one that does not exist, whoever you name (P8). */
function mayRead({ id, role }: Actor, { log, viewer }: Extract<Request, { t: 'read' }>): Denial | null {
  // The host has no thread, so it has to say whose; the other logs are nobody's in particular.
  if (log === 'thread' && role === 'host') return viewer === undefined ? no('bad_request', 'viewer') : yes
  if (!roleReads(role, log, viewer === undefined || viewer === id)) return no('not_found')
  return log === 'thread' || viewer === undefined ? yes : no('bad_request', 'viewer')
}

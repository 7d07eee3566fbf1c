// Who may do what in a stream: the tables of the promises P1-P8 as one function. Pure. The database holds the
// same rules and has the last word; this one answers early and in words.
import type { PrincipalId } from '../../shared/ids.ts'
import { deny } from '../../shared/protocol/errors.ts'
import type { Denial } from '../../shared/protocol/errors.ts'
import type { Request } from '../../shared/protocol/commands.ts'
import type { Role } from '../../shared/protocol/events.ts'
import { chatOver } from './slow.ts'
import type { Phase } from './slow.ts'

export type Actor = { id: PrincipalId; role: Role; banned: boolean } & Partial<Ban>
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
  switch (command.t) {
    case 'say':
    case 'react':
      return chatOver(stream, now) ? no('stream_ended') : yes // M9
    case 'whisper':
      return chatOver(stream, now) ? no('stream_ended') : mayWhisper(actor, command.to)
    case 'pin':
    case 'unpin':
      return actor.role === 'viewer' ? no('not_allowed') : yes // P4
    case 'approve':
    case 'reject':
    case 'resolve':
    case 'note':
      return actor.role === 'viewer' ? no('not_allowed') : yes // P13
    case 'report':
      return yes
    case 'timeout':
    case 'lift':
    case 'wipe':
    case 'ban':
    case 'unban': // P11; whom, the journal decides: it knows their role
      if (actor.role === 'viewer') return no('not_allowed')
      return command.target === actor.id ? no('not_allowed', 'target') : yes
    case 'appoint':
    case 'dismiss': // P11
    case 'block':
    case 'unblock':
    case 'enrol':
    case 'expel':
      if (actor.role !== 'host') return no('not_allowed')
      return command.target === actor.id ? no('not_allowed', 'target') : yes
    case 'slow':
    case 'rules':
      return actor.role === 'host' ? yes : no('not_allowed') // P6
    case 'read':
      return mayRead(actor, command)
    case 'delete': // P5 needs the message: the journal decides, and hides what the actor cannot see (P8)
    case 'renew':
      return yes
  }
}

/** P3: to the host without an address, from the host with one. A moderator is a viewer here. */
function mayWhisper(actor: Actor, to: PrincipalId | undefined): Denial | null {
  if (actor.role !== 'host') return to === undefined ? yes : no('not_allowed', 'to')
  if (to === undefined) return no('bad_request', 'to')
  return to === actor.id ? no('not_allowed', 'to') : yes
}

/** P1, P2. A log that is not yours answers like one that does not exist, whoever you name (P8). */
function mayRead(actor: Actor, read: Extract<Request, { t: 'read' }>): Denial | null {
  switch (read.log) {
    case 'room':
      return read.viewer === undefined ? yes : no('bad_request', 'viewer')
    case 'inbox':
      if (actor.role !== 'host') return no('not_found')
      return read.viewer === undefined ? yes : no('bad_request', 'viewer')
    case 'backstage':
      if (actor.role === 'viewer') return no('not_found')
      return read.viewer === undefined ? yes : no('bad_request', 'viewer')
    case 'thread':
      if (actor.role === 'host') return read.viewer === undefined ? no('bad_request', 'viewer') : yes
      return read.viewer === undefined || read.viewer === actor.id ? yes : no('not_found')
  }
}

// What the end of a right means for one open socket. Pure.
import type { StreamId } from '../../shared/ids.ts'

/** `stream` null: in every stream. `session` null: all sessions of the person but `except`; both count for the kind
 * `session` alone. `gate`: whoever it is about may have lost the right to watch, or not; without a person that is
 * everybody in the stream. */
export type Revoked = {
  kind: 'session' | 'ban' | 'role' | 'gate'
  stream: StreamId | null
  session: string | null
  except: string | null
}

/** The code to close with; null for a socket that stands on something else. A changed role is learnt by joining
 * again; `look`: its right has to be looked up. */
export function closeCodeOf(
  { kind, stream, session, except }: Revoked,
  its: { stream: StreamId; session: string },
): 4401 | 4403 | 4409 | 'look' | null {
  if (stream !== null && stream !== its.stream) return null
  if (kind === 'ban') return 4403
  if (kind === 'role') return 4409
  if (kind === 'gate') return 'look'
  const ended = session === null ? except !== its.session : session === its.session
  return ended ? 4401 : null
}

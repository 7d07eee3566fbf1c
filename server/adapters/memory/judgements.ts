// Acts on people in the memory journal: ban, unban, appoint, dismiss.
import { LIMITS, deny, ok } from '../../../shared/protocol/index.ts'
import type { Result, Role } from '../../../shared/protocol/index.ts'
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Act, Change, Clock, Revocation } from '../../app/ports.ts'
import { pair, revoke, standingIn } from './tables.ts'
import type { Tables } from './tables.ts'

type Judgement = Extract<Act, { target: PrincipalId; type: 'ban' | 'unban' | 'appoint' | 'dismiss' }>
/** A ban that ends this close before the one asked for is the same one, sent again. */
const SAME_MS = 10_000

export function createJudgements(tables: Tables, clock: Clock) {
  const { bans, moderators } = tables
  const answer = (dup: boolean, revoked: boolean): Result<Change> =>
    ok({ dup, at: clock.now(), placed: [], ...(revoked && !dup ? { revoked: true as const } : {}) })

  function changed(stream: StreamId, target: PrincipalId, kind: Revocation['kind']): Result<Change> {
    revoke(tables, target, { stream, kind })
    return answer(false, true)
  }

  function ban(stream: StreamId, target: PrincipalId, seconds: number | null): Result<Change> {
    if (seconds !== null && (seconds < LIMITS.banMinSeconds || seconds > LIMITS.banMaxSeconds))
      return deny('bad_request')
    const until = seconds === null ? Infinity : clock.now() + seconds * 1_000
    const before = bans.get(pair(stream, target))?.until ?? 0
    if (before === until || (before <= until && before >= until - SAME_MS)) return answer(true, false)
    bans.set(pair(stream, target), { until })
    return changed(stream, target, 'ban')
  }

  return (role: Role, stream: StreamId, act: Judgement): Result<Change> => {
    const { target } = act
    const key = pair(stream, target)
    const team = act.type === 'appoint' || act.type === 'dismiss'
    if (team ? role !== 'host' : role === 'viewer') return deny('not_allowed')
    if (!tables.people.has(target)) return deny('not_found')
    const its = standingIn(tables, target, stream, clock.now())
    if (its.role === 'host' || (its.role === 'moderator' && role !== 'host')) return deny('not_allowed')
    switch (act.type) {
      case 'ban':
        return ban(stream, target, act.seconds)
      case 'unban':
        bans.delete(key)
        return answer(!its.banned, false)
      case 'appoint':
        if (moderators.has(key)) return answer(true, false)
        moderators.add(key)
        return changed(stream, target, 'role')
      case 'dismiss':
        return moderators.delete(key) ? changed(stream, target, 'role') : answer(true, false)
    }
  }
}

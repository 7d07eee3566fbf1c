// Acts on people in the memory journal: bans, timeouts, moderators, blocks and members.
import { LIMITS, deny } from '../../../shared/protocol/index.ts'
import type { Deed, Notice, Result } from '../../../shared/protocol/index.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import type { Act, Change, Placed, Revocation } from '../../app/ports.ts'
import { mayActOn } from '../../domain/judge.ts'
import type { Desk } from './rows.ts'
import { changed } from './scene.ts'
import type { Scene } from './scene.ts'
import { pair, revoke, standingIn } from './tables.ts'

type ActOf<T extends Act['type']> = Extract<Act, { type: T }>
type Judgement = ActOf<
  ('timeout' | 'lift' | 'ban' | 'unban') | ('appoint' | 'dismiss' | 'block' | 'unblock' | 'enrol' | 'expel')
>
type Told = Exclude<Notice, { is: 'held' }>
type OfPerson = Exclude<Deed, { is: 'deleted' | 'noted' | 'slowed' | 'ruled' }>
/** A ban or timeout that ends this close before the one asked for is the same one, sent again. */
const SAME_MS = 10_000

export function createJudgements({ tables, clock }: Desk) {
  const { bans, timeouts, moderators, everywhere } = tables

  const same = (before: number, until: number) =>
    before === until || (before <= until && before >= until - SAME_MS)

  /** When it ends; null when it is no time that can be asked for. */
  function untilOf(seconds: number | null): number | null {
    if (seconds === null) return Infinity
    const fits = seconds >= LIMITS.banMinSeconds && seconds <= LIMITS.banMaxSeconds
    return fits ? clock.now() + seconds * 1_000 : null
  }

  /** The person hears of it in its thread, host and moderators backstage. */
  function told(scene: Scene, target: PrincipalId, notice: Told, deed: OfPerson): Placed[] {
    return [scene.toThread(target, { type: 'notice', notice }), scene.deed(deed)]
  }

  function revoked(
    scene: Scene,
    target: PrincipalId,
    what: Pick<Revocation, 'kind' | 'stream'>,
    placed: Placed[],
  ) {
    revoke(tables, target, what)
    const change = changed(scene, placed)
    return change.ok ? { ...change, value: { ...change.value, revoked: true as const } } : change
  }

  function ban(scene: Scene, act: ActOf<'ban'>): Result<Change> {
    const { target, seconds, reason = null } = act
    const ends = untilOf(seconds)
    if (ends === null) return deny('bad_request')
    const key = pair(scene.stream.id, target)
    if (same(bans.get(key)?.until ?? 0, ends)) return changed(scene, [])
    bans.set(key, { until: ends, reason })
    const facts = { is: 'banned', until: ends === Infinity ? null : ends, reason } as const
    const placed = told(scene, target, facts, { ...facts, target: scene.person(target) })
    return revoked(scene, target, { kind: 'ban', stream: scene.stream.id }, placed)
  }

  function timeout(scene: Scene, act: ActOf<'timeout'>): Result<Change> {
    const { target, seconds, reason = null } = act
    const until = untilOf(seconds)
    if (until === null) return deny('bad_request')
    const key = pair(scene.stream.id, target)
    if (same(timeouts.get(key)?.until ?? 0, until)) return changed(scene, [])
    timeouts.set(key, { until, reason })
    const facts = { is: 'timed_out', until, reason } as const
    return changed(scene, told(scene, target, facts, { ...facts, target: scene.person(target) }))
  }

  function end(scene: Scene, { type, target }: ActOf<'lift' | 'unban'>): Result<Change> {
    const table = type === 'lift' ? timeouts : bans
    const key = pair(scene.stream.id, target)
    const was = (table.get(key)?.until ?? 0) > scene.now
    table.delete(key)
    const is = type === 'lift' ? 'timeout_ended' : 'unbanned'
    return changed(scene, was ? told(scene, target, { is }, { is, target: scene.person(target) }) : [])
  }

  function appoint(scene: Scene, { target, everywhere: all = false }: ActOf<'appoint'>): Result<Change> {
    const { id, host } = scene.stream
    const [set, key] = all ? [everywhere.moderators, pair(host.id, target)] : [moderators, pair(id, target)]
    if (set.has(key)) return changed(scene, [])
    set.add(key)
    const deed = { is: 'appointed', target: scene.person(target), everywhere: all } as const
    return revoked(scene, target, { kind: 'role', stream: all ? null : id }, [scene.deed(deed)])
  }

  function dismiss(scene: Scene, { target }: ActOf<'dismiss'>): Result<Change> {
    const { id, host } = scene.stream
    const all = everywhere.moderators.delete(pair(host.id, target))
    const here = moderators.delete(pair(id, target))
    if (!all && !here) return changed(scene, [])
    const deed = { is: 'dismissed', target: scene.person(target) } as const
    return revoked(scene, target, { kind: 'role', stream: all ? null : id }, [scene.deed(deed)])
  }

  const LISTS = {
    block: { set: everywhere.blocked, on: true, is: 'blocked' },
    unblock: { set: everywhere.blocked, on: false, is: 'unblocked' },
    enrol: { set: everywhere.members, on: true, is: 'enrolled' },
    expel: { set: everywhere.members, on: false, is: 'expelled' },
  } as const

  function list(scene: Scene, { type, target }: ActOf<keyof typeof LISTS>): Result<Change> {
    const { set, on, is } = LISTS[type]
    const key = pair(scene.stream.host.id, target)
    if (set.has(key) === on) return changed(scene, [])
    if (on) set.add(key)
    else set.delete(key)
    const placed = [scene.deed({ is, target: scene.person(target) })]
    return type === 'expel'
      ? revoked(scene, target, { kind: 'gate', stream: null }, placed)
      : changed(scene, placed)
  }

  return {
    /** Why not on this person; null when it may be. */
    on({ role, stream, now }: Scene, { type, target }: Judgement | ActOf<'wipe' | 'note'>) {
      const of = tables.people.has(target) ? standingIn(tables, target, stream.id, now).role : null
      const denial = mayActOn(role, type, of)
      return denial ? deny(denial.code, denial) : null
    },
    perform(scene: Scene, act: Judgement): Result<Change> {
      switch (act.type) {
        case 'ban':
          return ban(scene, act)
        case 'timeout':
          return timeout(scene, act)
        case 'unban':
        case 'lift':
          return end(scene, act)
        case 'appoint':
          return appoint(scene, act)
        case 'dismiss':
          return dismiss(scene, act)
        case 'block':
        case 'unblock':
        case 'enrol':
        case 'expel':
          return list(scene, act)
      }
    },
  }
}

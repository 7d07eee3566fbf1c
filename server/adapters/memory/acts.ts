// Acts on the memory journal, and those of a room as such: pin, slow mode, rules, state.
import { deny } from '../../../shared/protocol/index.ts'
import type { Result, Rules, StreamState } from '../../../shared/protocol/index.ts'
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Act, Change, Placed, Stream } from '../../app/ports.ts'
import { mayAct } from '../../domain/judge.ts'
import { createCases } from './cases.ts'
import { createJudgements } from './judgements.ts'
import { createRemovals } from './removals.ts'
import type { Desk, MessageRow } from './rows.ts'
import { changed, openScene } from './scene.ts'
import type { Scene } from './scene.ts'
import type { createSends } from './sends.ts'
import { createSettling } from './settling.ts'
import { standingIn } from './tables.ts'

/** Whom `state` comes from when nobody asked for it: the server. */
const SERVER = null

export function createActs(desk: Desk, sends: ReturnType<typeof createSends>) {
  const { tables, rows, clock } = desk
  const judge = createJudgements(desk)
  const settling = createSettling(desk, sends)
  const removals = createRemovals(desk, settling)
  const cases = createCases(desk)

  function pin(scene: Scene, target: MessageId): Result<Change> {
    const { stream } = scene
    const message = rows.messages.get(target)
    if (!message || !sees(scene.by.id, message)) return deny('not_found')
    if (message.stream !== stream.id || message.viewer !== null || message.text === null)
      return deny('pin_not_public')
    const current = rows.pins.get(stream.id)
    if (current?.target === target) return changed(scene, [], target)
    const ver = (current?.ver ?? 0) + 1
    rows.pins.set(stream.id, { target, ver })
    return changed(scene, [scene.inRoom({ type: 'pinned', message: target, ver })], target)
  }

  /** P8: in whatever stream it is. */
  function sees(by: PrincipalId, { stream, viewer }: MessageRow): boolean {
    const { role, banned, refused } = standingIn(tables, by, stream, clock.now())
    return !banned && refused === null && (viewer === null || viewer === by || role === 'host')
  }

  function slow(scene: Scene, seconds: number): Placed[] {
    if (scene.stream.slowSeconds === seconds) return []
    tables.streams.set(scene.stream.id, { ...scene.stream, slowSeconds: seconds })
    return [scene.inRoom({ type: 'slowed', seconds }), scene.deed({ is: 'slowed', seconds })]
  }

  function rule(scene: Scene, rules: Rules): Placed[] {
    const before = scene.stream.rules
    if (Object.entries(rules).every(([key, value]) => before[key as keyof Rules] === value)) return []
    tables.streams.set(scene.stream.id, { ...scene.stream, rules })
    return [scene.inRoom({ type: 'ruled', rules }), scene.deed({ is: 'ruled', rules })]
  }

  /** Scheduled, live, ended, and live again: a publisher may come back. */
  function become(stream: Stream, state: StreamState): Result<Change> {
    const now = clock.now()
    if (stream.state === state) return changed({ now }, [])
    if (state === 'scheduled' || (state === 'ended' && stream.state !== 'live')) return deny('wrong_state')
    const startedAt = stream.startedAt ?? now
    tables.streams.set(stream.id, { ...stream, state, startedAt, endedAt: state === 'ended' ? now : null })
    return changed({ now }, [desk.place({ kind: 'room', stream: stream.id }, { type: 'stream', state })])
  }

  function perform(scene: Scene, act: Act): Result<Change> {
    switch (act.type) {
      case 'delete':
        return removals.remove(scene, act.target)
      case 'wipe':
        return judge.on(scene, act) ?? removals.wipe(scene, act.target)
      case 'pin':
        return pin(scene, act.target)
      case 'unpin':
        return changed(scene, removals.unpin(scene))
      case 'slow':
        return changed(scene, slow(scene, act.seconds))
      case 'rules':
        return changed(scene, rule(scene, act.rules))
      case 'state':
        return become(scene.stream, act.state)
      case 'approve':
      case 'reject':
        return settling.decide(scene, act)
      case 'report':
        return cases.report(scene, act)
      case 'resolve':
        return cases.resolve(scene, act.target)
      case 'note':
        return judge.on(scene, act) ?? cases.note(scene, act.target, act.text)
      case 'timeout':
      case 'lift':
      case 'ban':
      case 'unban':
      case 'appoint':
      case 'dismiss':
      case 'block':
      case 'unblock':
      case 'enrol':
      case 'expel':
        return judge.on(scene, act) ?? judge.perform(scene, act)
    }
  }

  return (by: PrincipalId | null, streamId: string, act: Act): Result<Change> => {
    const stream = tables.streams.get(streamId)
    if (!stream) return deny('not_found')
    if (by === SERVER) return act.type === 'state' ? become(stream, act.state) : deny('not_allowed')
    const { role, banned, refused } = standingIn(tables, by, streamId, clock.now())
    if (banned) return deny('banned')
    if (refused !== null) return deny(refused)
    const denial = mayAct(role, act.type)
    if (denial) return deny(denial.code, denial)
    return perform(openScene(desk, by, role, stream), act)
  }
}

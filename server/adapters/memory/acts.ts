// Acts on the memory journal: delete, pin, slow mode, state.
import { deny, ok } from '../../../shared/protocol/index.ts'
import type { Result, Role, StreamState } from '../../../shared/protocol/index.ts'
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Act, Change, Clock, Placed, Stream } from '../../app/ports.ts'
import { createJudgements } from './judgements.ts'
import type { Place } from './journal.ts'
import type { MessageRow } from './messages.ts'
import { standingIn } from './tables.ts'
import type { Tables } from './tables.ts'

type Deps = { tables: Tables; clock: Clock; messages: Map<MessageId, MessageRow>; place: Place }
/** Whom `state` comes from when nobody asked for it: the server. */
const SERVER = null

export function createActs({ tables, clock, messages, place }: Deps) {
  const judge = createJudgements(tables, clock)
  const pins = new Map<string, { target: MessageId | null; ver: number }>()

  const changed = (placed: Placed[], id?: MessageId): Result<Change> =>
    ok({ dup: placed.length === 0, ...(id === undefined ? {} : { id }), at: clock.now(), placed })

  const room = (stream: Stream) => ({ kind: 'room', stream: stream.id }) as const

  function remove(by: PrincipalId, role: Role, stream: Stream, target: MessageId): Result<Change> {
    const message = messages.get(target)
    const { viewer } = message ?? {}
    if (message?.stream !== stream.id || (viewer !== null && viewer !== by && role !== 'host'))
      return deny('not_found')
    const allowed = message.sender === by || role === 'host' || (viewer === null && role === 'moderator')
    if (!allowed) return deny('not_allowed')
    if (message.text === null) return changed([], target)
    message.text = null
    const fact = { type: 'deleted', target } as const
    const placed =
      message.viewer === null
        ? [place(room(stream), fact)]
        : [
            place({ kind: 'thread', stream: stream.id, viewer: message.viewer }, fact),
            place({ kind: 'inbox', stream: stream.id }, fact),
          ]
    if (pins.get(stream.id)?.target === target) placed.push(...unpin(stream))
    return changed(placed, target)
  }

  function pin(stream: Stream, target: MessageId): Result<Change> {
    const message = messages.get(target)
    if (message?.stream !== stream.id || message.viewer !== null || message.text === null)
      return deny('pin_not_public')
    const current = pins.get(stream.id)
    if (current?.target === target) return changed([], target)
    const ver = (current?.ver ?? 0) + 1
    pins.set(stream.id, { target, ver })
    return changed([place(room(stream), { type: 'pinned', message: target, ver })], target)
  }

  function unpin(stream: Stream): Placed[] {
    const current = pins.get(stream.id)
    if (!current || current.target === null) return []
    const ver = current.ver + 1
    pins.set(stream.id, { target: null, ver })
    return [place(room(stream), { type: 'unpinned', ver })]
  }

  function slow(stream: Stream, seconds: number): Result<Change> {
    if (stream.slowSeconds === seconds) return changed([])
    tables.streams.set(stream.id, { ...stream, slowSeconds: seconds })
    return changed([place(room(stream), { type: 'slowed', seconds })])
  }

  /** Scheduled, live, ended, and live again: a publisher may come back. */
  function become(stream: Stream, state: StreamState): Result<Change> {
    if (stream.state === state) return changed([])
    if (state === 'scheduled' || (state === 'ended' && stream.state !== 'live')) return deny('wrong_state')
    const now = clock.now()
    const startedAt = stream.startedAt ?? now
    tables.streams.set(stream.id, { ...stream, state, startedAt, endedAt: state === 'ended' ? now : null })
    return changed([place(room(stream), { type: 'stream', state })])
  }

  return {
    pinned: (stream: string): MessageId | null => pins.get(stream)?.target ?? null,
    act(by: PrincipalId | null, streamId: string, act: Act): Result<Change> {
      const stream = tables.streams.get(streamId)
      if (!stream) return deny('not_found')
      if (by === SERVER) return act.type === 'state' ? become(stream, act.state) : deny('not_allowed')
      const { role, banned } = standingIn(tables, by, streamId, clock.now())
      if (banned) return deny('banned')
      switch (act.type) {
        case 'delete':
          return remove(by, role, stream, act.target)
        case 'pin':
          return role === 'viewer' ? deny('not_allowed') : pin(stream, act.target)
        case 'unpin':
          return role === 'viewer' ? deny('not_allowed') : changed(unpin(stream))
        case 'slow':
          return role === 'host' ? slow(stream, act.seconds) : deny('not_allowed')
        case 'state':
          return role === 'host' ? become(stream, act.state) : deny('not_allowed')
        case 'ban':
        case 'unban':
        case 'appoint':
        case 'dismiss':
          return judge(role, stream.id, act)
        default:
          throw new Error(`the memory journal does not know ${act.type}`)
      }
    },
  }
}

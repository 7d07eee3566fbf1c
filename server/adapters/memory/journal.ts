// The journal in memory: a small faithful stand-in for Postgres, for tests that need no database. Every call
// runs to its end in one turn, which is its transaction.
import { deny, ok } from '../../../shared/protocol/index.ts'
import type { Result, StreamState } from '../../../shared/protocol/index.ts'
import type { Epoch, MessageId, PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Act, Change, Clock, Draft, Journal, Placed, Random } from '../../app/ports.ts'
import { logId } from '../../domain/log.ts'
import type { LogKey } from '../../domain/log.ts'
import { chatOver, slowWait } from '../../domain/slow.ts'
import { createRenderer } from './messages.ts'
import type { EntryRow, LogRow, MessageRow } from './messages.ts'
import { pair, standingIn } from './tables.ts'
import type { Tables } from './tables.ts'

type Deps = { tables: Tables; clock: Clock; random: Random }

export function createMemoryJournal({ tables, clock, random }: Deps): Journal {
  const logs = new Map<string, LogRow>()
  const epochs = new Map<StreamId, Epoch>()
  const messages = new Map<MessageId, MessageRow>()
  const done = new Map<string, { draft: Draft; change: Change }>()
  const pins = new Map<StreamId, { target: MessageId | null; ver: number }>()
  const lastPublic = new Map<string, number>()
  const tallies = new Map<StreamId, Record<string, number>>()
  const render = createRenderer(tables, messages)

  /** All logs of a stream share one, so that a thread nobody wrote to yet has it too. */
  function epochOf(stream: StreamId): Epoch {
    const epoch = epochs.get(stream) ?? random.uuid()
    epochs.set(stream, epoch)
    return epoch
  }

  function logOf(key: LogKey): LogRow {
    const id = logId(key)
    const log = logs.get(id) ?? { key, epoch: epochOf(key.stream), at: 0, rows: [] }
    logs.set(id, log)
    return log
  }

  function place(key: LogKey, fact: EntryRow['fact']): Placed {
    const log = logOf(key)
    log.at = Math.max(log.at, clock.now())
    const row = { seq: log.rows.length + 1, at: log.at, fact }
    log.rows.push(row)
    const where = { log: key, epoch: log.epoch, seq: row.seq }
    return key.kind === 'room' ? { ...where, entry: render.entry(row) } : where
  }

  const inRoom = (stream: StreamId, fact: EntryRow['fact']) => place({ kind: 'room', stream }, fact)
  const privately = (stream: StreamId, viewer: PrincipalId, fact: EntryRow['fact']) => [
    place({ kind: 'thread', stream, viewer }, fact),
    place({ kind: 'inbox', stream }, fact),
  ]

  function appendOne(draft: Draft): Result<Change> {
    const { stream: streamId, sender, viewer } = draft
    const stream = tables.streams.get(streamId)
    if (!stream || !tables.people.has(sender)) return deny('not_found')
    const { role, banned } = standingIn(tables, sender, streamId)
    if (banned) return deny('banned')
    const first = done.get(`${sender}:${draft.cmid}`)
    if (first) {
      const same =
        first.draft.text === draft.text &&
        first.draft.viewer === viewer &&
        first.draft.stream === draft.stream
      return same ? ok({ ...first.change, dup: true }) : deny('idempotency_mismatch')
    }
    if (viewer !== null && viewer !== sender && role !== 'host') return deny('not_allowed')
    if (viewer !== null && viewer === stream.host.id) return deny('not_allowed')
    if (viewer !== null && !tables.people.has(viewer)) return deny('not_found')
    const now = clock.now()
    if (chatOver(stream, now)) return deny('stream_ended')
    if (draft.replyTo !== null) {
      const target = messages.get(draft.replyTo)
      if (!target || target.stream !== streamId || target.viewer !== viewer) return deny('reply_not_here')
    }
    const speaker = pair(streamId, sender)
    if (viewer === null) {
      const lastPublicAt = lastPublic.get(speaker) ?? null
      const wait = slowWait({ role, lastPublicAt }, stream.slowSeconds, now)
      if (wait > 0) return deny('slow_mode', { retryAfterMs: wait })
      lastPublic.set(speaker, now)
    }
    const row: MessageRow = { ...draft, at: now }
    messages.set(draft.id, row)
    const placed =
      viewer === null
        ? [inRoom(streamId, { type: 'said', message: draft.id })]
        : privately(streamId, viewer, { type: 'whispered', message: draft.id })
    const change = { dup: false, id: draft.id, at: now, placed }
    done.set(`${sender}:${draft.cmid}`, { draft, change })
    return ok(change)
  }

  const changed = (placed: Placed[]): Result<Change> =>
    ok({ dup: placed.length === 0, at: clock.now(), placed })

  function remove(by: PrincipalId, streamId: StreamId, target: MessageId): Result<Change> {
    const message = messages.get(target)
    const { role } = standingIn(tables, by, streamId)
    const visible =
      message?.stream === streamId && (message.viewer === null || message.viewer === by || role === 'host')
    if (!message || !visible) return deny('not_found')
    const allowed =
      message.sender === by || role === 'host' || (message.viewer === null && role === 'moderator')
    if (!allowed) return deny('not_allowed')
    if (message.text === null) return changed([])
    message.text = null
    const fact = { type: 'deleted', target } as const
    if (message.viewer !== null) return changed(privately(streamId, message.viewer, fact))
    const pin = pins.get(streamId)
    const placed = [inRoom(streamId, fact)]
    if (pin?.target === target) placed.push(...unpin(streamId))
    return changed(placed)
  }

  function pin(streamId: StreamId, target: MessageId): Result<Change> {
    const message = messages.get(target)
    if (message?.stream !== streamId || message.viewer !== null || message.text === null)
      return deny('pin_not_public')
    const current = pins.get(streamId)
    if (current?.target === target) return changed([])
    const ver = (current?.ver ?? 0) + 1
    pins.set(streamId, { target, ver })
    return changed([inRoom(streamId, { type: 'pinned', message: target, ver })])
  }

  function unpin(streamId: StreamId): Placed[] {
    const current = pins.get(streamId)
    if (!current || current.target === null) return []
    const ver = current.ver + 1
    pins.set(streamId, { target: null, ver })
    return [inRoom(streamId, { type: 'unpinned', ver })]
  }

  function enter(streamId: StreamId, state: StreamState): Placed[] {
    const stream = tables.streams.get(streamId)
    if (!stream || stream.state === state) return []
    const now = clock.now()
    tables.streams.set(streamId, {
      ...stream,
      state,
      startedAt: state === 'live' ? (stream.startedAt ?? now) : stream.startedAt,
      endedAt: state === 'ended' ? now : null,
    })
    return [inRoom(streamId, { type: 'stream', state })]
  }

  function actOne(by: PrincipalId | null, streamId: StreamId, act: Act): Result<Change> {
    const stream = tables.streams.get(streamId)
    if (!stream) return deny('not_found')
    if (act.type === 'state') return by === null ? changed(enter(streamId, act.state)) : deny('not_allowed')
    if (by === null) return deny('not_allowed')
    const { role, banned } = standingIn(tables, by, streamId)
    if (banned) return deny('banned')
    switch (act.type) {
      case 'delete':
        return remove(by, streamId, act.target)
      case 'pin':
        return role === 'viewer' ? deny('not_allowed') : pin(streamId, act.target)
      case 'unpin':
        return role === 'viewer' ? deny('not_allowed') : changed(unpin(streamId))
      case 'slow':
        if (role !== 'host') return deny('not_allowed')
        if (stream.slowSeconds === act.seconds) return changed([])
        tables.streams.set(streamId, { ...stream, slowSeconds: act.seconds })
        return changed([inRoom(streamId, { type: 'slowed', seconds: act.seconds })])
    }
  }

  function mayRead(as: PrincipalId | null, log: LogKey): boolean {
    const stream = tables.streams.get(log.stream)
    if (!stream || (as !== null && standingIn(tables, as, log.stream).banned)) return false
    return log.kind === 'room' || as === stream.host.id || (log.kind === 'thread' && as === log.viewer)
  }

  return {
    append: (drafts) => Promise.resolve(drafts.map(appendOne)),
    act: (by, stream, act) => Promise.resolve(actOne(by, stream, act)),
    read(as, log, from, to) {
      const rows = mayRead(as, log) ? logOf(log).rows.slice(Math.max(0, from - 1), Math.max(0, to)) : []
      return Promise.resolve(rows.map(render.entry))
    },
    latest(as, log, count) {
      const { epoch, rows } = logOf(log)
      if (!mayRead(as, log)) return Promise.resolve({ epoch, seq: 0, entries: [] })
      return Promise.resolve({ epoch, seq: rows.length, entries: rows.slice(-count).map(render.entry) })
    },
    positions: (keys) =>
      Promise.resolve(keys.map((log) => ({ log, epoch: logOf(log).epoch, seq: logOf(log).rows.length }))),
    pinned(stream) {
      const target = pins.get(stream)?.target ?? null
      return Promise.resolve(target === null ? null : render.message(target))
    },
    reactions: (stream) => Promise.resolve({ ...tallies.get(stream) }),
    tally(rows) {
      for (const { stream, emoji, count } of rows) {
        const totals = tallies.get(stream) ?? {}
        totals[emoji] = (totals[emoji] ?? 0) + count
        tallies.set(stream, totals)
      }
      return Promise.resolve()
    },
  }
}

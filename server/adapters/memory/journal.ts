// The journal in memory: a small faithful stand-in for Postgres, for tests that need no database. Every call
// runs to its end in one turn, which is its transaction.
import { LIMITS, deny, ok } from '../../../shared/protocol/index.ts'
import type { Result } from '../../../shared/protocol/index.ts'
import type { Epoch, MessageId, PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Change, Clock, Draft, Journal, Placed, Random, Stream } from '../../app/ports.ts'
import { logId } from '../../domain/log.ts'
import type { LogKey } from '../../domain/log.ts'
import { chatOver, slowWait } from '../../domain/slow.ts'
import { codePoints, utf8Bytes } from '../../domain/text.ts'
import { createActs } from './acts.ts'
import { createRenderer } from './messages.ts'
import type { EntryRow, LogRow, MessageRow } from './messages.ts'
import { pair, standingIn } from './tables.ts'
import type { Tables } from './tables.ts'

type Deps = { tables: Tables; clock: Clock; random: Random }
export type Place = (key: LogKey, fact: EntryRow['fact']) => Placed

export function createMemoryJournal({ tables, clock, random }: Deps): Journal {
  const logs = new Map<string, LogRow>()
  const epochs = new Map<StreamId, Epoch>()
  const messages = new Map<MessageId, MessageRow>()
  const done = new Map<string, { draft: Draft; change: Change }>()
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

  const place: Place = (key, fact) => {
    const log = logOf(key)
    log.at = Math.max(log.at, clock.now())
    const row = { seq: log.rows.length + 1, at: log.at, fact }
    log.rows.push(row)
    const where = { log: key, epoch: log.epoch, seq: row.seq }
    return key.kind === 'room' ? { ...where, entry: render.entry(row) } : where
  }
  const acts = createActs({ tables, clock, messages, place })

  function appendOne(draft: Draft): Result<Change> {
    const stream = tables.streams.get(draft.stream)
    const sender = tables.people.get(draft.sender)
    if (!stream) return deny('not_found')
    if (!sender) return deny('not_allowed')
    const now = clock.now()
    const { role, banned } = standingIn(tables, draft.sender, draft.stream, now)
    if (banned) return deny('banned')
    const use = `${draft.sender}:${draft.cmid}`
    const first = done.get(use)
    if (first) return again(first, draft)
    const speaker = pair(draft.stream, draft.sender)
    const denial = refusal(draft, stream, role === 'host', now)
    if (denial) return denial
    if (draft.viewer === null) {
      const lastPublicAt = lastPublic.get(speaker) ?? null
      const wait = slowWait({ role, lastPublicAt }, stream.slowSeconds, now)
      if (wait > 0) return deny('slow_mode', { retryAfterMs: wait })
      lastPublic.set(speaker, now)
    }
    const change: Change = { dup: false, id: draft.id, at: now, placed: [] }
    messages.set(draft.id, { ...draft, author: { id: sender.id, name: sender.name, role }, at: now })
    change.placed = placesOf(draft).map(([key, fact]) => place(key, fact))
    done.set(use, { draft, change })
    return ok(change)
  }

  function again(first: { draft: Draft; change: Change }, draft: Draft): Result<Change> {
    const { text, viewer, stream } = first.draft
    if (text !== draft.text || viewer !== draft.viewer || stream !== draft.stream)
      return deny('idempotency_mismatch')
    const placed = first.change.placed.map(({ log, epoch, seq }) => ({ log, epoch, seq }))
    return ok({ ...first.change, dup: true, placed })
  }

  function refusal({ text, viewer, replyTo, ...draft }: Draft, stream: Stream, host: boolean, now: number) {
    if (text === '') return deny('text_empty')
    if (codePoints(text) > LIMITS.textChars || utf8Bytes(text) > LIMITS.textBytes)
      return deny('text_too_long')
    if (text.includes('\0')) return deny('text_forbidden')
    if (viewer !== null && ((viewer !== draft.sender && !host) || viewer === stream.host.id))
      return deny('not_allowed')
    if (viewer !== null && !tables.people.has(viewer)) return deny('not_found')
    if (chatOver(stream, now)) return deny('stream_ended')
    const target = replyTo === null ? null : messages.get(replyTo)
    if (target === null) return null
    const here = target?.stream === stream.id && target.viewer === viewer && target.text !== null
    return here ? null : deny('reply_not_here')
  }

  function mayRead(as: PrincipalId | null, log: LogKey): boolean {
    const stream = tables.streams.get(log.stream)
    if (!stream || (as !== null && standingIn(tables, as, log.stream, clock.now()).banned)) return false
    return log.kind === 'room' || as === stream.host.id || (log.kind === 'thread' && as === log.viewer)
  }

  return {
    append: (drafts) => Promise.resolve(drafts.map(appendOne)),
    act: (by, stream, act) => Promise.resolve(acts.act(by, stream, act)),
    read(as, log, from, to) {
      const rows = mayRead(as, log) ? logOf(log).rows.slice(Math.max(0, from - 1), Math.max(0, to)) : []
      return Promise.resolve(rows.map(render.entry))
    },
    latest(as, log, count) {
      const { epoch, rows } = logOf(log)
      if (!mayRead(as, log)) return Promise.resolve({ epoch, seq: 0, entries: [] })
      const newest = rows.slice(Math.max(0, rows.length - count))
      return Promise.resolve({ epoch, seq: rows.length, entries: newest.map(render.entry) })
    },
    positions(keys) {
      const known = keys.filter(({ stream }) => tables.streams.has(stream))
      return Promise.resolve(
        known.map((log) => ({ log, epoch: logOf(log).epoch, seq: logOf(log).rows.length })),
      )
    },
    pinned(stream) {
      const target = acts.pinned(stream)
      return Promise.resolve(target === null ? null : render.message(target))
    },
    reactions: (stream) => Promise.resolve({ ...tallies.get(stream) }),
    tally(rows) {
      for (const { stream, emoji, count } of rows) {
        const totals = tallies.get(stream) ?? {}
        totals[emoji] = (totals[emoji] ?? 0) + count
        if (tables.streams.has(stream)) tallies.set(stream, totals)
      }
      return Promise.resolve()
    },
  }
}

/** L1: the only visibility decision. */
function placesOf({ id, stream, viewer }: Draft): [LogKey, EntryRow['fact']][] {
  if (viewer === null)
    return [
      [
        { kind: 'room', stream },
        { type: 'said', message: id },
      ],
    ]
  const fact = { type: 'whispered', message: id } as const
  return [
    [{ kind: 'thread', stream, viewer }, fact],
    [{ kind: 'inbox', stream }, fact],
  ]
}

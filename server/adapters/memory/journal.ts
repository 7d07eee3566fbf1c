// The journal in memory: a small faithful stand-in for Postgres, for tests that need no database. Every call
// runs to its end in one turn, which is its transaction.
import type { Epoch, PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Clock, Journal, Random } from '../../app/ports.ts'
import { logId } from '../../domain/log.ts'
import type { LogKey } from '../../domain/log.ts'
import { createActs } from './acts.ts'
import { createRenderer } from './messages.ts'
import { createRows } from './rows.ts'
import type { Desk, LogRow } from './rows.ts'
import { createSends } from './sends.ts'
import { standingIn } from './tables.ts'
import { isOpen } from '../../domain/gate.ts'
import type { Tables } from './tables.ts'

type Deps = { tables: Tables; clock: Clock; random: Random }

export function createMemoryJournal({ tables, clock, random }: Deps): Journal {
  const logs = new Map<string, LogRow>()
  const epochs = new Map<StreamId, Epoch>()
  const tallies = new Map<StreamId, Record<string, number>>()
  const rows = createRows()
  const render = createRenderer(tables, rows)
  let writes = 0

  /** All logs of a stream share one, so that a thread nobody wrote to yet has it too. */
  function epochOf(stream: StreamId): Epoch {
    const epoch = epochs.get(stream) ?? random.uuid()
    epochs.set(stream, epoch)
    return epoch
  }

  function logOf(key: LogKey): LogRow {
    const id = logId(key)
    const log = logs.get(id) ?? { key, epoch: epochOf(key.stream), at: 0, moved: 0, rows: [] }
    logs.set(id, log)
    return log
  }

  const place: Desk['place'] = (key, fact) => {
    const log = logOf(key)
    log.at = Math.max(log.at, clock.now())
    const row = { seq: log.rows.length + 1, at: log.at, fact }
    log.rows.push(row)
    log.moved = ++writes
    const where = { log: key, epoch: log.epoch, seq: row.seq }
    return key.kind === 'room' ? { ...where, entry: render.entry(row) } : where
  }
  const desk = { tables, rows, clock, random, place }
  const sends = createSends(desk)
  const act = createActs(desk, sends)

  function mayRead(as: PrincipalId | null, log: LogKey): boolean {
    const stream = tables.streams.get(log.stream)
    if (!stream) return false
    if (as === null) return log.kind === 'room' && isOpen(stream.gate)
    const { role, banned, refused } = standingIn(tables, as, log.stream, clock.now())
    if (banned || refused !== null) return false
    switch (log.kind) {
      case 'room':
        return true
      case 'thread':
        return role === 'host' || as === log.viewer
      case 'inbox':
        return role === 'host'
      case 'backstage':
        return role !== 'viewer'
    }
  }

  return {
    append: (drafts) => Promise.resolve(drafts.map(sends.appendOne)),
    act: (by, stream, what) => Promise.resolve(act(by, stream, what)),
    read(as, log, from, to) {
      const found = mayRead(as, log) ? logOf(log).rows.slice(Math.max(0, from - 1), Math.max(0, to)) : []
      return Promise.resolve(found.map(render.entry))
    },
    latest(as, log, count) {
      const { epoch, rows: all } = logOf(log)
      if (!mayRead(as, log)) return Promise.resolve({ epoch, seq: 0, entries: [] })
      const newest = all.slice(Math.max(0, all.length - count))
      return Promise.resolve({ epoch, seq: all.length, entries: newest.map(render.entry) })
    },
    positions(keys) {
      const known = keys.filter(({ stream }) => tables.streams.has(stream))
      return Promise.resolve(
        known.map((log) => ({ log, epoch: logOf(log).epoch, seq: logOf(log).rows.length })),
      )
    },
    moved(asked) {
      const since = new Map(
        asked.map(({ stream, since }) => [stream, since === null ? Infinity : Number(since)]),
      )
      const moved = [...logs.values()].flatMap(({ key: log, epoch, rows: { length: seq }, moved }) =>
        log.kind === 'thread' && moved >= (since.get(log.stream) ?? Infinity) ? [{ log, epoch, seq }] : [],
      )
      return Promise.resolve({ mark: String(writes + 1), moved })
    },
    pinned(stream) {
      const target = rows.pins.get(stream)?.target ?? null
      return Promise.resolve(target === null ? null : render.message(target))
    },
    reactions: (stream) => Promise.resolve({ ...tallies.get(stream) }),
    tally(added) {
      for (const { stream, emoji, count } of added) {
        const totals = tallies.get(stream) ?? {}
        totals[emoji] = (totals[emoji] ?? 0) + count
        if (tables.streams.has(stream)) tallies.set(stream, totals)
      }
      return Promise.resolve()
    },
  }
}

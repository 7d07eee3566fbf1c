// The journal over Postgres: what was said and done, where it landed, and how far every log has come.
import type { Pool } from 'pg'
import type { Journal } from '../../app/ports.ts'
import type { LogKey } from '../../domain/log.ts'
import type { Epoch, PrincipalId, StreamId } from '../../../shared/ids.ts'
import { actAs } from './acts.ts'
import { appendAll } from './append.ts'
import { audienceOf, latestAs, pinnedIn, readAs } from './entries.ts'
import { asPrincipal, call, callPrepared } from './unit.ts'

export function createJournal(pool: Pool): Journal {
  return {
    append: (drafts) => appendAll(pool, drafts),
    act: (by, stream, act) => actAs(pool, by, stream, act),
    read: (as, log, from, to) => readAs(pool, as, log, from, to),
    latest: (as, log, count) => latestAs(pool, as, log, count),
    positions: (logs) => positionsOf(pool, logs),
    moved: (asked) => movedThreads(pool, asked),
    pinned: (stream, as = null) => pinnedIn(pool, stream, as),
    reactions: (stream, as = null) => reactionsOf(pool, stream, as),
    tally: (rows) => addTally(pool, rows),
  }
}

async function positionsOf(pool: Pool, logs: readonly LogKey[]) {
  type Row = { kind: LogKey['kind']; stream: StreamId; viewer: PrincipalId; epoch: Epoch; seq: number }
  const rows = await callPrepared<Row>(
    pool,
    'positions',
    `select p.kind, p.stream_id as stream, p.viewer_id as viewer, p.epoch, p.seq from app.positions($1, $2, $3) p`,
    [logs.map(({ kind }) => kind), logs.map(({ stream }) => stream), logs.map(audienceOf)],
  )
  return rows.map(({ kind, stream, viewer, epoch, seq }) => ({
    log: kind === 'thread' ? { kind, stream, viewer } : { kind, stream },
    epoch,
    seq,
  }))
}

async function movedThreads(pool: Pool, asked: Parameters<Journal['moved']>[0]) {
  type Row = { mark: string; stream: StreamId | null; viewer: PrincipalId; epoch: Epoch; seq: number }
  const rows = await call<Row>(
    pool,
    'moved',
    `select t.mark, t.stream_id as stream, t.viewer_id as viewer, t.epoch, t.seq from app.threads_since($1, $2) t`,
    [asked.map(({ stream }) => stream), asked.map(({ since }) => since)],
  )
  const [first] = rows
  if (!first) throw new Error('the database gave no mark')
  return {
    mark: first.mark,
    moved: rows.flatMap(({ stream, viewer, epoch, seq }) =>
      stream === null ? [] : [{ log: { kind: 'thread' as const, stream, viewer }, epoch, seq }],
    ),
  }
}

async function reactionsOf(
  pool: Pool,
  stream: StreamId,
  as: PrincipalId | null,
): Promise<Record<string, number>> {
  const rows = await asPrincipal(pool, as, 'reactions', (query) =>
    query<{ emoji: string; total: number }>(
      'select emoji, sum(count)::bigint as total from app.reaction_tally where stream_id = $1 group by emoji',
      [stream],
    ),
  )
  return Object.fromEntries(rows.map(({ emoji, total }) => [emoji, total]))
}

type TallyRow = { stream: StreamId; second: number; emoji: string; count: number }

async function addTally(pool: Pool, rows: readonly TallyRow[]): Promise<void> {
  if (rows.length === 0) return
  await call(pool, 'tally', 'select app.tally($1, $2, $3, $4)', [
    rows.map(({ stream }) => stream),
    rows.map(({ second }) => second),
    rows.map(({ emoji }) => emoji),
    rows.map(({ count }) => count),
  ])
}

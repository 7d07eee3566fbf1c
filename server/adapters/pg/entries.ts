// Reading logs: entries in their present state, as one person may see them now. A deleted message is a tombstone,
// a quote shows its target as it is today.
import type { Pool } from 'pg'
import type { Page } from '../../app/ports.ts'
import type { LogKey } from '../../domain/log.ts'
import type { Epoch, PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Entry, Message, Rules, StreamEvent, StreamState } from '../../../shared/protocol/index.ts'
import { MESSAGE, QUOTE, toMessage, type MessageRow } from './messages.ts'
import {
  STAGED_COLUMNS,
  STAGED_JOINS,
  toStagedEvent,
  type StagedData,
  type StagedRow,
} from './staged-entries.ts'
import { asPrincipal, type Query } from './unit.ts'

/** The second half of a log's key in the tables: whose it is, without nulls. */
export const audienceOf = (log: LogKey): string => (log.kind === 'thread' ? log.viewer : log.stream)

export const readAs = (pool: Pool, as: PrincipalId | null, log: LogKey, from: number, to: number) =>
  asPrincipal(pool, as, 'read', (query) => readEntries(query, log, from, to))

export function latestAs(pool: Pool, as: PrincipalId | null, log: LogKey, count: number): Promise<Page> {
  return asPrincipal(pool, as, 'latest', async (query) => {
    const [position] = await query<{ epoch: Epoch; seq: number }>(
      `select coalesce(l.epoch, r.epoch) as epoch, coalesce(l.last_seq, 0) as seq
       from app.log r left join app.log l on l.stream_id = r.stream_id and l.kind = $2 and l.audience = $3
       where r.stream_id = $1 and r.kind = 'room' and r.audience = $1`,
      [log.stream, log.kind, audienceOf(log)],
    )
    if (!position) return { epoch: '', seq: 0, entries: [] }
    const { epoch, seq } = position
    return { epoch, seq, entries: await readEntries(query, log, seq - count + 1, seq) }
  })
}

export function pinnedIn(pool: Pool, stream: StreamId, as: PrincipalId | null): Promise<Message | null> {
  return asPrincipal(pool, as, 'pinned', async (query) => {
    const [row] = await query<MessageRow>(
      `select ${MESSAGE} from app.pin p join app.message m on m.id = p.message_id ${QUOTE} where p.stream_id = $1`,
      [stream],
    )
    return row ? toMessage(row) : null
  })
}

/** What was pinned in the room right before this seq, in its present state. */
export async function pinnedBefore(query: Query, stream: StreamId, seq: number): Promise<Message | null> {
  const [row] = await query<MessageRow & { kind: string }>(
    `select e.kind, ${MESSAGE} from app.log l join app.entry e on e.log_id = l.id
     left join app.message m on m.id = e.message_id ${QUOTE}
     where l.stream_id = $1 and l.kind = 'room' and l.audience = $1
       and e.seq < $2 and e.kind in ('pinned', 'unpinned')
     order by e.seq desc limit 1`,
    [stream, seq],
  )
  return row?.kind === 'pinned' ? toMessage(row) : null
}

export async function readEntries(query: Query, log: LogKey, from: number, to: number): Promise<Entry[]> {
  // Rooms are read most, and hold nothing of what the further joins find.
  const staged = log.kind === 'thread' || log.kind === 'backstage'
  const rows = await query<EntryRow>(
    `select e.seq, e.kind, e.message_id as "messageId", e.data, e.at, v.name as "viewerName",
       ${MESSAGE}${staged ? `, ${STAGED_COLUMNS}` : ''}
     from app.log l join app.entry e on e.log_id = l.id
     left join app.message m on m.id = e.message_id ${QUOTE}
     left join app.principal v on v.id = m.viewer_id
     ${staged ? STAGED_JOINS : ''}
     where l.stream_id = $1 and l.kind = $2 and l.audience = $3 and e.seq between $4 and $5
     order by e.seq`,
    [log.stream, log.kind, audienceOf(log), from, to],
  )
  return rows.map((row) => ({ seq: row.seq, at: row.at, event: toEvent(row) }))
}

type EntryRow = StagedRow & (PlainData | StagedData) & { seq: number; at: number; viewerName: string }
type PlainData = {
  kind: Exclude<StreamEvent['type'], StagedData['kind']>
  data: { ver: number; seconds: number; state: StreamState; rules: Rules }
}

function toEvent(row: EntryRow): StreamEvent {
  switch (row.kind) {
    case 'said':
      return { type: 'said', message: toMessage(row) }
    case 'whispered':
      return {
        type: 'whispered',
        viewer: { id: row.viewerId ?? '', name: row.viewerName },
        message: toMessage(row),
      }
    case 'deleted':
      return { type: 'deleted', target: row.messageId }
    case 'pinned':
      return { type: 'pinned', message: toMessage(row), ver: row.data.ver }
    case 'unpinned':
      return { type: 'unpinned', ver: row.data.ver }
    case 'slowed':
      return { type: 'slowed', seconds: row.data.seconds }
    case 'stream':
      return { type: 'stream', state: row.data.state }
    case 'ruled':
      return { type: 'ruled', rules: row.data.rules }
    case 'notice':
    case 'held':
    case 'settled':
    case 'reported':
    case 'resolved':
    case 'moderated':
      return toStagedEvent(row, row)
  }
}

// Search in one stream, as the person who asks: the policies leave out what is not theirs before a word is
// compared. There is no text index, because one over all rows would hold private words and answer about them by
// its size and speed; one stream is read from end to end instead, for two seconds at most.
import type { Pool } from 'pg'
import type { Reading } from '../../app/reading-ports.ts'
import type { Hit } from '../../../shared/api/chat.ts'
import type { MessageId, PrincipalId, StreamId } from '../../../shared/ids.ts'
import { deny, ok, type Result, type Role } from '../../../shared/protocol/index.ts'
import { DatabaseFault } from './fault.ts'
import { asPrincipal } from './unit.ts'

const TOO_LONG = '57014'

export async function searchAs(
  pool: Pool,
  as: PrincipalId,
  stream: StreamId,
  { q, before, delaySeconds, limit }: Parameters<Reading['search']>[2],
): Promise<Result<Hit[]>> {
  try {
    const rows = await asPrincipal(pool, as, 'search', async (query) => {
      await query(`set local statement_timeout = '2s'`)
      const values = [stream, q, delaySeconds, before?.at ?? null, before?.id ?? null, limit]
      return query<HitRow>(SEARCH, values)
    })
    return ok(rows.map(toHit))
  } catch (error) {
    if (error instanceof DatabaseFault && error.code === TOO_LONG) return deny('overloaded')
    throw error
  }
}

type HitRow = {
  id: MessageId
  at: number
  log: 'room' | 'thread' | 'backstage'
  seq: number | null
  viewerId: PrincipalId | null
  viewerName: string | null
  senderId: PrincipalId
  senderName: string
  senderRole: Role
  text: string
  state: Hit['state']
}

const toHit = (row: HitRow): Hit => ({
  log: row.log,
  seq: row.seq,
  ...(row.viewerId === null ? {} : { viewer: { id: row.viewerId, name: row.viewerName ?? '' } }),
  state: row.state,
  message: {
    id: row.id,
    author: { id: row.senderId, name: row.senderName, role: row.senderRole },
    text: row.text,
    at: row.at,
  },
})

/** Newest first; within a millisecond by seq, so that what one person wrote stays in its order.
 * What is held is found by staff alone, like what was removed: their sender reads of it in the own thread. Its place
 * in the backstage is looked up for what is answered alone. */
const SEARCH = `
  with asked as materialized (
    select websearch_to_tsquery('simple', $2) as words,
      to_timestamp($4::float8 / 1000) as before_at, $5::uuid as before_id,
      coalesce((select m.seq from app.message m where m.id = $5::uuid), 0) as before_seq,
      clock_timestamp() - $3::int * interval '1 s' as until
  ), written as (
    select m.id, m.sent_at as at, case when m.viewer_id is null then 'room' else 'thread' end as log, m.seq,
      m.viewer_id, m.sender_id, m.sender_name, m.sender_role, m.text, 'visible' as state
    from app.message m, asked a
    where m.stream_id = $1 and m.text is not null
      and (m.sent_at <= a.until or m.viewer_id is not null or m.sender_id = app.pid())
    union all
    select m.id, m.sent_at, 'room', m.seq, null, m.sender_id, m.sender_name, m.sender_role, r.text, 'deleted'
    from app.removed r join app.message m on m.id = r.message_id
    where r.stream_id = $1 and r.removed_at > now() - interval '30 days'
    union all
    select h.id, h.held_at, 'backstage', null, null, h.sender_id, h.sender_name, h.sender_role, h.text,
      case h.verdict when 'open' then 'held' else 'rejected' end
    from app.held h
    where h.stream_id = $1 and h.text is not null and h.verdict <> 'approved'
      and h.stream_id in (select app.my_backstages())
  ), hits as (
    select w.* from written w, asked a
    where to_tsvector('simple', w.text) @@ a.words
      and ($4::float8 is null
        or (date_trunc('milliseconds', w.at), coalesce(w.seq, 0), w.id) < (a.before_at, a.before_seq, a.before_id))
    order by date_trunc('milliseconds', w.at) desc, coalesce(w.seq, 0) desc, w.id desc limit $6
  )
  select h.id, h.at, h.log, coalesce(h.seq, p.seq) as seq, h.viewer_id as "viewerId", v.name as "viewerName",
    h.sender_id as "senderId", h.sender_name as "senderName", h.sender_role as "senderRole", h.text, h.state
  from hits h
  left join app.principal v on v.id = h.viewer_id
  left join lateral (
    select e.seq from app.log l join app.entry e on e.log_id = l.id
    where h.log = 'backstage' and l.stream_id = $1 and l.kind = 'backstage'
      and e.kind = 'held' and e.data ->> 'held' = h.id::text limit 1
  ) p on true
  order by date_trunc('milliseconds', h.at) desc, coalesce(h.seq, 0) desc, h.id desc`

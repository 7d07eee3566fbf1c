// Reading over HTTP on Postgres: each question is one transaction as the person who asks, under its policies.
import type { Pool } from 'pg'
import type { Reading } from '../../app/reading-ports.ts'
import type { LogKey } from '../../domain/log.ts'
import type { PersonCard, Team } from '../../../shared/api/chat.ts'
import type { Epoch, StreamId } from '../../../shared/ids.ts'
import { pinnedBefore, readEntries } from './entries.ts'
import { searchAs } from './search.ts'
import { asPrincipal, type Query } from './unit.ts'

export function createReading(pool: Pool): Reading {
  return {
    history(as, stream, { before, limit, delaySeconds }) {
      return asPrincipal(pool, as, 'history', async (query) => {
        const position = await positionOf(query, stream, delaySeconds)
        if (!position) return null
        const { epoch, seq } = position
        const to = before === null ? seq : Math.min(seq, before - 1)
        const from = Math.max(1, to - limit + 1)
        const entries = to < from ? [] : await readEntries(query, roomOf(stream), from, to)
        return { epoch, seq, entries, before: from > 1 && entries.length > 0 ? from : null }
      })
    },
    search: (as, stream, asked) => searchAs(pool, as, stream, asked),
    span(as, stream, { from, to, after, waiting, limit, delaySeconds, pin }) {
      return asPrincipal(pool, as, 'replay', async (query) => {
        const position = await positionOf(query, stream, delaySeconds)
        if (!position) return { entries: [], more: false, pinned: null }
        const [ends] = await query<{ first: number; last: number | null }>(
          `select app.seq_at($1, to_timestamp(($2::float8 - 1) / 1000)) + 1 as first,
             case when $3::float8 is not null then app.seq_at($1, to_timestamp($3::float8 / 1000)) end as last`,
          [stream, from, to],
        )
        const first = Math.max(1, (ends?.first ?? 1) - waiting, after + 1)
        const last = Math.min(position.seq, ends?.last ?? position.seq)
        const end = Math.min(last, first + limit - 1)
        const entries = end < first ? [] : await readEntries(query, roomOf(stream), first, end)
        // Not beyond what a viewer may see yet: `first` may be.
        const pinned = pin ? await pinnedBefore(query, stream, Math.min(first, position.seq + 1)) : null
        return { entries, more: end < last, pinned }
      })
    },
    async card(as, stream, person) {
      const [row] = await asPrincipal(pool, as, 'person_card', (query) =>
        query<{ card: PersonCard | null }>('select app.person_card($1, $2) as card', [stream, person]),
      )
      return row?.card ?? null
    },
    async team(as, stream) {
      const [row] = await asPrincipal(pool, as, 'team', (query) =>
        query<{ team: Team | null }>('select app.team($1) as team', [stream]),
      )
      return row?.team ?? null
    },
  }
}

const roomOf = (stream: StreamId): LogKey => ({ kind: 'room', stream })

/** Where the room ends for somebody who sees it so much later; undefined when it is not theirs. */
async function positionOf(
  query: Query,
  stream: StreamId,
  delaySeconds: number,
): Promise<{ epoch: Epoch; seq: number } | undefined> {
  const [position] = await query<{ epoch: Epoch; seq: number }>(
    `select l.epoch, case when $2::int = 0 then l.last_seq
       else app.seq_at($1, clock_timestamp() - $2::int * interval '1 s') end as seq
     from app.log l where l.stream_id = $1 and l.kind = 'room' and l.audience = $1`,
    [stream, delaySeconds],
  )
  return position
}

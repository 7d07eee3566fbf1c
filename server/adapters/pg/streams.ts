// Streams over Postgres: the shows themselves and where a person stands in one.
import type { Pool } from 'pg'
import type { GateChange, Standing, Stream, Streams } from '../../app/ports.ts'
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import { deny, ok, type ErrorCode, type Result } from '../../../shared/protocol/index.ts'
import { asPrincipal, asStranger, call, type Query } from './unit.ts'

const RECENT = 12

export function createStreams(pool: Pool): Streams {
  return {
    create({ id, slug, title, description, host, startsAt, gate, provider = 'local' }) {
      // The second is asked only when the first did not refuse.
      const sql = `select coalesce(app.create_stream($1, $2, $3, $4, to_timestamp($5::float8 / 1000)),
        app.choose_provider($1, $6)) as code`
      const created: Step = [sql, [id, slug, title, description, startsAt, provider]]
      return write(pool, host, id, 'create_stream', [created, ...gateStep(id, gate)])
    },
    edit(by, stream, { gate, ...change }) {
      const edited: Step = ['select app.edit_stream($1, $2) as code', [stream, JSON.stringify(change)]]
      // The gate first: when it is refused, nothing else was changed.
      return write(pool, by, stream, 'edit_stream', [...gateStep(stream, gate), edited])
    },
    bySlug: (slug) => list(pool, 'by_slug', 'where s.slug = $1', [slug]).then(first),
    byId: (id) => list(pool, 'by_id', 'where s.id = $1', [id]).then(first),
    ownedBy: (host) =>
      list(pool, 'owned_by', 'where s.host_id = $1 order by s.created_at desc, s.id', [host]),
    live: () => list(pool, 'live', LIVE),
    home: () =>
      asPrincipal(pool, null, 'home', async (query) => ({
        live: await select(query, `where s.state = 'live' and ${LISTED} order by s.started_at desc, s.id`),
        upcoming: await select(
          query,
          `where s.state = 'scheduled' and ${LISTED} order by s.starts_at asc nulls last, s.created_at desc, s.id`,
        ),
        recent: await select(
          query,
          `where s.state = 'ended' and ${LISTED} order by s.ended_at desc, s.id limit ${RECENT}`,
        ),
      })),
    async air(node, streams, spareMs) {
      const sql = 'select app.air($1, $2, $3) as id'
      const rows = await call<{ id: StreamId }>(pool, 'air', sql, [node, streams, spareMs])
      return rows.map(({ id }) => id)
    },
    async unaired(ms) {
      const rows = await call<{ id: StreamId }>(pool, 'unaired', 'select app.unaired($1) as id', [ms])
      return rows.map(({ id }) => id)
    },
    async airedElsewhere(node, stream, ms) {
      const sql = 'select app.aired_elsewhere($1, $2, $3) as yes'
      const rows = await call<{ yes: boolean }>(pool, 'aired_elsewhere', sql, [node, stream, ms])
      return rows[0]?.yes === true
    },
    async standing(principal, stream) {
      const sql = 'select s.role, s.banned, s.until, s.reason, s.refused from app.stands_at($1, $2) s'
      const [row] = await call<Standing>(pool, 'standing', sql, [principal, stream])
      return row ?? { role: 'viewer', banned: false, until: null, reason: null, refused: null }
    },
  }
}

/** What the page of all streams may name. */
const LISTED = `s.gate not in ('unlisted', 'invite')`
const LIVE = `where s.state = 'live' order by s.started_at desc, s.id`

type StreamRow = Omit<Stream, 'host'> & { hostId: PrincipalId; hostName: string }

async function select(query: Query, clause: string, values: readonly unknown[] = []): Promise<Stream[]> {
  const rows = await query<StreamRow>(
    `select s.id, s.slug, s.title, s.description, s.host_id as "hostId", h.name as "hostName", s.state,
       s.slow_seconds as "slowSeconds", s.rules, s.starts_at as "startsAt", s.started_at as "startedAt",
       s.ended_at as "endedAt", s.gate, s.gate_rev as "gateRev", s.provider
     from app.stream s join app.principal h on h.id = s.host_id ${clause}`,
    values,
  )
  return rows.map(({ hostId, hostName, ...stream }) => ({ ...stream, host: { id: hostId, name: hostName } }))
}

const list = (pool: Pool, statement: string, clause: string, values: readonly unknown[] = []) =>
  select((sql, given) => asStranger(pool, statement, sql, given), clause, values)

const first = (streams: Stream[]): Stream | null => streams[0] ?? null

type Step = readonly [sql: string, values: readonly unknown[]]

const gateStep = (stream: StreamId, gate: GateChange | undefined): Step[] =>
  gate ? [['select app.set_gate($1, $2, $3, $4) as code', [stream, gate.kind, gate.hash, gate.reset]]] : []

function write(
  pool: Pool,
  by: PrincipalId,
  id: StreamId,
  statement: string,
  steps: readonly Step[],
): Promise<Result<Stream>> {
  return asPrincipal(pool, by, statement, async (query) => {
    for (const [sql, values] of steps) {
      const [row] = await query<{ code: ErrorCode | null }>(sql, values)
      if (row?.code) return deny(row.code)
    }
    const [stream] = await select(query, 'where s.id = $1', [id])
    return stream ? ok(stream) : deny('not_found')
  })
}

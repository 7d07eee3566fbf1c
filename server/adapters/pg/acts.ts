// Acts that are not messages: one transaction as the actor, in which the database checks its rights.
import type { Pool } from 'pg'
import type { Act, Change, Placed } from '../../app/ports.ts'
import type { Epoch, PrincipalId, StreamId } from '../../../shared/ids.ts'
import { deny, ok, type ErrorCode, type Result } from '../../../shared/protocol/index.ts'
import { readEntries } from './entries.ts'
import { asPrincipal, type Query } from './unit.ts'

export function actAs(
  pool: Pool,
  by: PrincipalId | null,
  stream: StreamId,
  act: Act,
): Promise<Result<Change>> {
  return asPrincipal(pool, by, `act_${act.type}`, async (query) => {
    const rows = await query<PlacedRow>(...statementOf(stream, act))
    const id = act.type === 'delete' || act.type === 'pin' ? { id: act.target } : {}
    const [first] = rows
    if (!first) return deny('internal')
    if (first.code === 'dup') return ok({ dup: true, ...id, at: first.at, placed: [] })
    if (first.code !== null) return deny(first.code)
    const revoked = REVOKING.has(act.type) ? { revoked: true as const } : {}
    return ok({ dup: false, ...id, at: first.at, placed: await placedBy(query, stream, rows), ...revoked })
  })
}

/** Acts that end or change somebody's right when they are not a dup. */
const REVOKING: ReadonlySet<Act['type']> = new Set<Act['type']>(['ban', 'appoint', 'dismiss', 'expel'])

type PlacedRow = {
  /** Null: this is an entry that it wrote. */
  code: ErrorCode | 'dup' | null
  kind: 'room' | 'thread' | 'inbox' | 'backstage'
  viewerId: PrincipalId
  epoch: Epoch
  seq: number
  at: number
}

const COLUMNS = 'code, kind, viewer_id as "viewerId", epoch, seq, at'

function statementOf(stream: StreamId, act: Act): [sql: string, values: unknown[]] {
  switch (act.type) {
    case 'delete':
      return [`select ${COLUMNS} from app.act_delete($1, $2)`, [stream, act.target]]
    case 'pin':
      return [`select ${COLUMNS} from app.act_pin($1, $2)`, [stream, act.target]]
    case 'unpin':
      return [`select ${COLUMNS} from app.act_unpin($1)`, [stream]]
    case 'slow':
      return [`select ${COLUMNS} from app.act_slow($1, $2)`, [stream, act.seconds]]
    case 'state':
      return [`select ${COLUMNS} from app.act_state($1, $2)`, [stream, act.state]]
    case 'ban':
      return [
        `select ${COLUMNS} from app.act_ban($1, $2, $3, $4)`,
        [stream, act.target, act.seconds, act.reason ?? null],
      ]
    case 'unban':
      return [`select ${COLUMNS} from app.act_unban($1, $2)`, [stream, act.target]]
    case 'appoint':
      return [
        `select ${COLUMNS} from app.act_appoint($1, $2, $3)`,
        [stream, act.target, act.everywhere ?? false],
      ]
    case 'rules':
      return [`select ${COLUMNS} from app.act_rules($1, $2)`, [stream, JSON.stringify(act.rules)]]
    case 'timeout': {
      const { target, seconds, reason = null } = act
      return [`select ${COLUMNS} from app.act_timeout($1, $2, $3, $4)`, [stream, target, seconds, reason]]
    }
    case 'report': {
      const { target, reason, note = null } = act
      return [`select ${COLUMNS} from app.act_report($1, $2, $3, $4)`, [stream, target, reason, note]]
    }
    case 'note':
      return [`select ${COLUMNS} from app.act_note($1, $2, $3)`, [stream, act.target, act.text]]
    case 'lift':
    case 'wipe':
    case 'approve':
    case 'reject':
    case 'resolve':
    case 'dismiss':
    case 'block':
    case 'unblock':
    case 'enrol':
    case 'expel':
      return [`select ${COLUMNS} from app.act_${act.type}($1, $2)`, [stream, act.target]]
  }
}

/** Room entries come whole, read back in the same transaction; private ones as positions. */
async function placedBy(query: Query, stream: StreamId, rows: PlacedRow[]): Promise<Placed[]> {
  const inRoom = rows.filter(({ kind }) => kind === 'room').map(({ seq }) => seq)
  const entries =
    inRoom.length === 0
      ? []
      : await readEntries(query, { kind: 'room', stream }, Math.min(...inRoom), Math.max(...inRoom))
  return rows.map(({ kind, viewerId, epoch, seq }): Placed => {
    if (kind === 'thread') return { log: { kind, stream, viewer: viewerId }, epoch, seq }
    if (kind === 'inbox' || kind === 'backstage') return { log: { kind, stream }, epoch, seq }
    const entry = entries.find((candidate) => candidate.seq === seq)
    return { log: { kind, stream }, epoch, seq, ...(entry ? { entry } : {}) }
  })
}

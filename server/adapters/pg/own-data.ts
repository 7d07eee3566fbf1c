// A person's own data over Postgres, wherever it is and whatever it is banned from: functions that look at the
// asking person alone, in pages. Also how fresh a login is.
import type { Pool } from 'pg'
import type { Logins, OwnData, OwnList } from '../../app/reading-ports.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import { asPrincipal, call } from './unit.ts'

const PAGE = 500

export function createOwnData(pool: Pool): OwnData {
  return {
    async profile(of) {
      const [row] = await asPrincipal(pool, of, 'my_profile', (query) =>
        query<{ profile: object | null }>('select app.my_profile() as profile'),
      )
      return row?.profile ?? null
    },
    list: (of, which) => listOf(pool, of, which),
  }
}

export function createLogins(pool: Pool): Logins {
  return {
    async isRecent(session, withinMs) {
      const sql = 'select app.session_recent($1, $2) as yes'
      const [row] = await call<{ yes: boolean }>(pool, 'session_recent', sql, [session, withinMs / 1_000])
      return row?.yes === true
    },
  }
}

type Row = { after: unknown[]; line: object }

/** `nothing`: the cursor of the first page. */
const LISTS: Record<OwnList, { sql: string; nothing: unknown[] }> = {
  sent: {
    sql: 'select json_build_array(x.cursor) as after, x.line from app.my_sent($2, $1) x',
    nothing: [null],
  },
  received: { sql: receivedBy('whispered'), nothing: [null, null] },
  notices: { sql: receivedBy('notice'), nothing: [null, null] },
  held: {
    sql: 'select json_build_array(x.cursor) as after, x.line from app.my_held($2, $1) x',
    nothing: [null],
  },
  reports: {
    sql: 'select json_build_array(x.cursor) as after, x.line from app.my_reports($2, $1) x',
    nothing: [null],
  },
  entered: {
    sql: 'select json_build_array(x.cursor) as after, x.line from app.my_entered($2, $1) x',
    nothing: [null],
  },
}

function receivedBy(kind: 'whispered' | 'notice'): string {
  return `select json_build_array(x.log, x.seq) as after, x.line from app.my_received('${kind}', $2, $3, $1) x`
}

async function* listOf(pool: Pool, of: PrincipalId, which: OwnList): AsyncGenerator<object[]> {
  const { sql, nothing } = LISTS[which]
  for (let after: unknown[] | undefined = nothing; after;) {
    const values: unknown[] = [PAGE, ...after]
    const rows: Row[] = await asPrincipal(pool, of, `my_${which}`, (query) => query<Row>(sql, values))
    if (rows.length > 0) yield rows.map(({ line }) => line)
    after = rows.length === PAGE ? rows.at(-1)?.after : undefined
  }
}

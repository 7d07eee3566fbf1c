// Blocked terms over Postgres.
import type { Pool } from 'pg'
import type { Moderation } from '../../app/moderation-ports.ts'
import type { Term, Terms } from '../../app/ports.ts'
import { deny, ok, type ErrorCode } from '../../../shared/protocol/index.ts'
import { asPrincipal, call } from './unit.ts'

/** A bigint comes as text. */
type Row = { ver: string; terms: Term[] }
const toTerms = (row: Row | undefined): Terms => ({ ver: Number(row?.ver ?? 0), terms: row?.terms ?? [] })

export function createModeration(pool: Pool): Moderation {
  return {
    async termsOf(stream) {
      const sql = 'select t.ver, t.terms from app.terms_of_stream($1) t'
      const [row] = await call<Row>(pool, 'terms_of_stream', sql, [stream])
      return toTerms(row)
    },
    ownTerms(host) {
      return asPrincipal(pool, host, 'my_terms', async (query) => {
        const [row] = await query<Row>('select t.ver, t.terms from app.my_terms() t')
        return toTerms(row)
      })
    },
    setTerms(host, terms) {
      return asPrincipal(pool, host, 'set_terms', async (query) => {
        const sql = 'select t.code, t.ver from app.set_terms($1) t'
        const [row] = await query<{ code: ErrorCode | null; ver: string }>(sql, [JSON.stringify(terms)])
        return row?.code ? deny(row.code) : ok({ ver: Number(row?.ver), terms: [...terms] })
      })
    },
  }
}

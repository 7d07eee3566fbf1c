// The revisions of stream keys over Postgres.
import type { Pool } from 'pg'
import type { IngestRevisions } from '../../app/ingest-ports.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import { deny, ok, type Result, type StreamState } from '../../../shared/protocol/index.ts'
import { asPrincipal, call } from './unit.ts'

export function createIngestRevisions(pool: Pool): IngestRevisions {
  async function asHost(by: PrincipalId, statement: string, stream: string): Promise<Result<number>> {
    const [row] = await asPrincipal(pool, by, statement, (query) =>
      query<{ revision: number | null }>(`select app.${statement}($1) as revision`, [stream]),
    )
    const revision = row?.revision ?? null
    return revision === null ? deny('not_found') : ok(revision)
  }

  return {
    async of(stream) {
      const sql = 'select i.revision, i.state from app.ingest_of($1) i'
      const [row] = await call<{ revision: number; state: StreamState }>(pool, 'ingest_of', sql, [stream])
      return row ?? null
    },
    ownedBy: (by, stream) => asHost(by, 'ingest_revision', stream),
    reset: (by, stream) => asHost(by, 'reset_ingest_key', stream),
  }
}

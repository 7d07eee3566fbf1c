// The database of this process: the embedded engine, or Postgres by its URL; migrated, and entered by the role
// that owns nothing.
import type { Pool } from 'pg'
import { migrate, readMigrations } from './adapters/pg/migrate.ts'
import { openPool } from './adapters/pg/pool.ts'
import { assertRole } from './adapters/pg/role.ts'
import { openEmbedded } from './adapters/pglite/embedded.ts'
import type { Log } from './app/ports.ts'

export type Database = { pool: Pool; close(): Promise<void> }

export type DatabaseOptions = {
  /** Null: the embedded engine in `dataDir`. */
  url: string | null
  dataDir: string
  migrations: string
  pgliteWorker: URL
  log: Log
  /** The embedded engine broke and will not come back. */
  onFailure: (error: Error) => void
}

/** Two cores answer faster with few connections than with many. */
const POSTGRES_CONNECTIONS = 8
const NAME = 'stagedoor'

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log } = options
  const embedded = url === null ? await openEmbedded({ ...options, worker: options.pgliteWorker }) : undefined
  const connection = embedded?.connection ?? { url: url ?? '', max: POSTGRES_CONNECTIONS }
  try {
    const login = openPool({ ...connection, max: 1, role: null, applicationName: `${NAME}-migrate` }, log)
    const migrated = await migrate(login, await readMigrations(options.migrations)).finally(() => login.end())
    if (migrated.from !== migrated.to) log.info('database.migrated', migrated)
    await embedded?.confine()
    const pool = openPool({ ...connection, role: 'stagedoor_app', applicationName: NAME }, log)
    await assertRole(pool)
    return {
      pool,
      async close() {
        await pool.end()
        await embedded?.close()
      },
    }
  } catch (error) {
    await embedded?.close()
    throw error
  }
}

// The database of this process: the embedded engine, or Postgres by its URL; migrated, and entered by the role
// that owns nothing.
import type { Pool } from 'pg'
import { migrate, readMigrations } from './adapters/pg/migrate.ts'
import { openPool, type PoolConfig } from './adapters/pg/pool.ts'
import { assertRole } from './adapters/pg/role.ts'
import { call } from './adapters/pg/unit.ts'
import { openEmbedded } from './adapters/pglite/embedded.ts'
import { startUpkeep } from './adapters/pglite/upkeep.ts'
import type { Clock, Log } from './app/ports.ts'
import { createReleasers, type Releasers } from './releasers.ts'

export type Database = { pool: Pool; close(): Promise<void> }

export type DatabaseOptions = {
  /** Null: the embedded engine in `dataDir`. */
  url: string | null
  /** To Postgres, from this process. */
  connections: number
  dataDir: string
  migrations: string
  pgliteWorker: URL
  log: Log
  clock: Clock
  /** The embedded engine broke and will not come back. */
  onFailure: (error: Error) => void
}

const NAME = 'stagedoor'

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log } = options
  const releasers = createReleasers()
  try {
    if (url !== null) return await enter(options, { url, max: options.connections }, releasers)
    const embedded = await openEmbedded({ ...options, worker: options.pgliteWorker })
    releasers.add(embedded.close)
    const database = await enter(options, embedded.connection, releasers, embedded.confine)
    const run = (sql: string) => call(database.pool, 'upkeep', sql)
    releasers.add(startUpkeep(run, options))
    return database
  } catch (error) {
    await releasers.run().catch((broken: unknown) => log.fault('giving up the database', broken))
    throw url === null
      ? error
      : new Error(`the database at ${placeOf(url)} cannot be used: ${reasonOf(error)}. Check DATABASE_URL.`, {
          cause: error,
        })
  }
}

async function enter(
  { log, migrations }: DatabaseOptions,
  connection: Pick<PoolConfig, 'url' | 'host' | 'port' | 'user' | 'database' | 'max'>,
  releasers: Releasers,
  confine?: () => Promise<void>,
): Promise<Database> {
  const login = openPool({ ...connection, max: 1, role: null, applicationName: `${NAME}-migrate` }, log)
  const migrated = await migrate(login, await readMigrations(migrations)).finally(() => login.end())
  if (migrated.from !== migrated.to) log.info('database.migrated', migrated)
  await confine?.()
  const pool = openPool({ ...connection, role: 'stagedoor_app', applicationName: NAME }, log)
  releasers.add(() => pool.end())
  await assertRole(pool)
  return { pool, close: releasers.run }
}

/** Host, port and name, and not the password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** A name with several addresses fails with one error for each and no words of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (${reasonOf(error.cause)})`
  return (error.message || error.name) + cause
}

// Numbered migrations, all pending ones in one transaction: a database is at one version or at the other.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool, PoolClient } from 'pg'

export type Migration = { version: number; name: string; sql: string }
export type Migrated = { from: number; to: number }

const NAME = /^(\d{6})_([a-z0-9_]+)\.sql$/
/** Any number, the same for every node: whoever comes second waits and finds nothing left to do. */
const LOCK = 7_301_114

/** The migrations of a folder, in order. Refuses a gap, so that a forgotten file is found at build time. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const found = (await readdir(folder)).flatMap((file) => {
    const match = NAME.exec(file)
    return match ? [{ file, version: Number(match[1]), name: match[2] ?? '' }] : []
  })
  found.sort((a, b) => a.version - b.version)
  for (const [index, { file, version }] of found.entries())
    if (version !== index + 1) throw new Error(`migration ${file}: expected number ${index + 1}`)
  return Promise.all(
    found.map(async ({ file, version, name }) => ({
      version,
      name,
      sql: await readFile(join(folder, file), 'utf8'),
    })),
  )
}

/** Brings the database to the newest version. The pool's login must be allowed to create roles on the first run. */
export async function migrate(pool: Pool, migrations: readonly Migration[]): Promise<Migrated> {
  const newest = migrations.at(-1)?.version ?? 0
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [LOCK])
    const from = await currentVersion(client)
    if (from > newest)
      throw new Error(
        `the database is at version ${from} and this program knows ${newest}: start a newer program or restore a backup`,
      )
    for (const migration of migrations.filter(({ version }) => version > from)) await apply(client, migration)
    await client.query('commit')
    client.release()
    return { from, to: newest }
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    client.release(true)
    throw error
  }
}

async function currentVersion(client: PoolClient): Promise<number> {
  const known = await client.query<{ known: boolean }>(
    `select to_regclass('app.migration') is not null as known`,
  )
  if (!known.rows[0]?.known) return 0
  // As the server's role: a login that may be nothing else can still see that there is nothing to do.
  await client.query('set local role stagedoor_app')
  const row = await client.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from app.migration',
  )
  await client.query('reset role')
  return row.rows[0]?.version ?? 0
}

async function apply(client: PoolClient, { version, name, sql }: Migration): Promise<void> {
  try {
    await client.query(sql)
    await client.query('set local role stagedoor_owner')
    await client.query('insert into app.migration (version, name) values ($1, $2)', [version, name])
    await client.query('reset role')
  } catch (error) {
    throw new Error(`migration ${version} (${name}) failed`, { cause: error })
  }
}

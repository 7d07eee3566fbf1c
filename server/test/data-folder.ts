// Data folders for servers under test: the embedded database made and migrated, with nothing in it. Made once for all
// runs with the same migrations, then copied: a first start costs three times the CPU of a second one.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, readMigrations } from '../adapters/pg/migrate.ts'
import { openPool } from '../adapters/pg/pool.ts'
import { openEngine } from '../adapters/pglite/engine.ts'

const LOCK = new URL('../../package-lock.json', import.meta.url)

/** Makes `<dataDir>/pglite`, as a first start of the server with these migrations would. */
export async function prepareDataFolder(dataDir: string, sql: string): Promise<void> {
  const migrations = await readMigrations(sql)
  // The engine's own version decides what its files look like.
  const hash = createHash('sha256')
    .update(JSON.stringify(migrations))
    .update(readFileSync(LOCK))
    .digest('hex')
  const kept = join(tmpdir(), `stagedoor-data-${process.getuid?.() ?? 0}-${hash.slice(0, 16)}`)
  if (!existsSync(kept)) await make(kept, migrations)
  cpSync(kept, join(dataDir, 'pglite'), { recursive: true })
}

async function make(kept: string, migrations: Awaited<ReturnType<typeof readMigrations>>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-data-'))
  const made = join(folder, 'pglite')
  const engine = await openEngine(made, join(folder, '.s.PGSQL.5432'), () => undefined)
  const connection = { host: folder, user: 'postgres', database: 'postgres', max: 1 }
  const pool = openPool({ ...connection, role: null, applicationName: 'test' }, { warn: () => undefined })
  await migrate(pool, migrations)
  await pool.end()
  await engine.close()
  try {
    renameSync(made, kept)
  } catch (error) {
    // Somebody else was first.
    if (!existsSync(kept)) throw error
  }
  rmSync(folder, { recursive: true, force: true })
}

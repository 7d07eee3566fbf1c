// Migrated, empty databases for tests, on every engine that can run here.
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'
import { migrate, readMigrations, type Migration } from '../adapters/pg/migrate.ts'
import { openPool } from '../adapters/pg/pool.ts'
import { openEngine } from '../adapters/pglite/engine.ts'
import { noPostgres, startCluster, type Cluster } from './cluster.ts'

export type TestDatabase = {
  /** Sessions in the server's role. */
  pool: Pool
  /** Around every policy, as the superuser: to arrange what no port can. */
  admin: (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>
  close: () => Promise<void>
}

export type TestEngine = {
  name: 'pglite' | 'postgres'
  /** Why it cannot run here; null when it can. */
  skip: string | null
  open: () => Promise<TestDatabase>
}

export const sqlFolder = new URL('../../sql/', import.meta.url).pathname
export const quiet = { warn: () => undefined }

export const pglite: TestEngine = { name: 'pglite', skip: null, open: openPglite }
export const postgres: TestEngine = { name: 'postgres', skip: noPostgres, open: openPostgres }
export const engines: readonly TestEngine[] = [pglite, postgres]

async function openPglite(): Promise<TestDatabase> {
  const run = mkdtempSync(join(tmpdir(), 'stagedoor-db-'))
  const engine = await openEngine(await template(), join(run, '.s.PGSQL.5432'), () => undefined)
  const connection = { host: run, user: 'postgres', database: 'postgres', max: 1 }
  await engine.confine()
  const pool = openPool({ ...connection, role: 'stagedoor_app', applicationName: 'test' }, quiet)
  return {
    pool,
    // One session for all: it steps out of its role and back.
    async admin(sql, values = []) {
      const client = await pool.connect()
      try {
        await client.query('reset role')
        return (await client.query<Record<string, unknown>>(sql, [...values])).rows
      } finally {
        await client.query('set role stagedoor_app')
        client.release()
      }
    },
    async close() {
      await pool.end()
      await engine.close()
      rmSync(run, { recursive: true, force: true })
    },
  }
}

/** Making a cluster takes seconds and loading one does not: the migrated one is kept, by the hash of the files. */
async function template(): Promise<Blob> {
  const migrations = await readMigrations(sqlFolder)
  const kept = keptAt(migrations)
  if (!existsSync(kept)) {
    const { db, from } = await before(migrations)
    for (const { sql, version, name } of migrations.slice(from)) await db.exec(wrapped(sql, version, name))
    const dump = await db.dumpDataDir('none')
    await db.close()
    const made = `${kept}.${process.pid}`
    writeFileSync(made, Buffer.from(await dump.arrayBuffer()))
    renameSync(made, kept)
  }
  return new Blob([readFileSync(kept)])
}

function keptAt(migrations: readonly Migration[]): string {
  const hash = createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 16)
  return join(tmpdir(), `stagedoor-template-${process.getuid?.() ?? 0}-${hash}.tar`)
}

/** With all migrations but the last when somebody kept that, and new when not. */
async function before(migrations: readonly Migration[]): Promise<{ db: PGlite; from: number }> {
  const earlier = keptAt(migrations.slice(0, -1))
  if (!existsSync(earlier)) return { db: await PGlite.create(), from: 0 }
  const db = await PGlite.create({ loadDataDir: new Blob([readFileSync(earlier)]) })
  return { db, from: migrations.length - 1 }
}

const wrapped = (sql: string, version: number, name: string) =>
  `begin; ${sql}; insert into app.migration (version, name) values (${version}, '${name}'); commit`

let cluster: Promise<Cluster> | undefined
let clones = 0
let open = 0

async function openPostgres(): Promise<TestDatabase> {
  open++
  const { host } = await (cluster ??= startMigrated())
  const database = `test_${++clones}`
  await maintenance(host, `create database ${database} template stagedoor_template`)
  const connection = { host, user: 'postgres', database }
  const pool = openPool({ ...connection, max: 12, role: 'stagedoor_app', applicationName: 'test' }, quiet)
  const above = openPool({ ...connection, max: 1, role: null, applicationName: 'test-admin' }, quiet)
  return {
    pool,
    admin: async (sql, values = []) => (await above.query<Record<string, unknown>>(sql, [...values])).rows,
    async close() {
      await Promise.all([pool.end(), above.end()])
      if (--open === 0) {
        const running = await cluster
        cluster = undefined
        await running?.stop()
      }
    },
  }
}

async function startMigrated(): Promise<Cluster> {
  // Nobody pulls its plug: those who do have clusters of their own.
  const started = await startCluster(['fsync=off'])
  await maintenance(started.host, 'create database stagedoor_template')
  const migrations: Migration[] = await readMigrations(sqlFolder)
  const pool = openPool(
    {
      host: started.host,
      user: 'postgres',
      database: 'stagedoor_template',
      max: 1,
      role: null,
      applicationName: 'test',
    },
    quiet,
  )
  await migrate(pool, migrations)
  await pool.end()
  return started
}

async function maintenance(host: string, sql: string): Promise<void> {
  const pool = openPool(
    { host, user: 'postgres', database: 'postgres', max: 1, role: null, applicationName: 'test' },
    quiet,
  )
  await pool.query(sql)
  await pool.end()
}

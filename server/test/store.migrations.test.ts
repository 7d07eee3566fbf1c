// Migrations: the same files on both engines, run twice, at once, by an older program and by a login without rights.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate, readMigrations, type Migration } from '../adapters/pg/migrate.ts'
import { openPool } from '../adapters/pg/pool.ts'
import { assertRole } from '../adapters/pg/role.ts'
import { describeSchema } from '../tools/schema-text.ts'
import { noPostgres, startCluster, type Cluster } from './cluster.ts'
import { engines, quiet, sqlFolder } from './databases.ts'

const migrations = await readMigrations(sqlFolder)
const newest = migrations.length

describe('migration files', () => {
  test('O4 they are numbered without a gap, and other files are not migrations', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stagedoor-sql-'))
    const write = (name: string) => writeFile(join(folder, name), 'select 1')
    await write('000001_one.sql')
    await write('schema.sql')
    await write('000002_two.sql')
    expect((await readMigrations(folder)).map(({ version, name }) => [version, name])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
    await write('000004_four.sql')
    await expect(readMigrations(folder)).rejects.toThrow('000004_four.sql: expected number 3')
    await rm(folder, { recursive: true })
  })
})

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`migrations on ${engine.name}`, () => {
    test('O4 every file can run again and changes nothing', async () => {
      const db = await engine.open()
      const before = await describeSchema((sql) => db.admin(sql))
      for (const { sql } of migrations) await db.admin(`begin; ${sql}; commit`)
      expect(await describeSchema((sql) => db.admin(sql))).toBe(before)
      await assertRole(db.pool)
      await db.close()
    })
  })

describe.skipIf(noPostgres !== null)('migrations on an empty postgres', () => {
  let cluster: Cluster
  const pools: Pool[] = []
  beforeAll(async () => void (cluster = await startCluster()))
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()))
    await cluster.stop()
  })
  const login = (user: string, database: string, role: 'stagedoor_app' | null = null) => {
    const pool = openPool(
      { host: cluster.host, user, database, max: 2, role, applicationName: 'test' },
      quiet,
    )
    pools.push(pool)
    return pool
  }
  const create = async (database: string) => {
    await login('postgres', 'postgres').query(`create database ${database}`)
    return database
  }

  test('O4 nodes that start together migrate once', async () => {
    const databases = [await create('one'), await create('two')]
    // Two databases at once: roles belong to the cluster.
    const runs = databases.flatMap((database) =>
      [1, 2, 3].map(() => migrate(login('postgres', database), migrations)),
    )
    const froms = (await Promise.all(runs)).map(({ from }) => from)
    expect(froms.slice(0, 3).sort()).toEqual([0, newest, newest])
    expect(froms.slice(3).sort()).toEqual([0, newest, newest])
  })

  test('O4 a program older than the database refuses it', async () => {
    const pool = login('postgres', await create('newer'))
    const next: Migration = { version: newest + 1, name: 'next', sql: 'select 1' }
    expect(await migrate(pool, [...migrations, next])).toEqual({ from: 0, to: newest + 1 })
    await expect(migrate(pool, migrations)).rejects.toThrow(
      `the database is at version ${newest + 1} and this program knows ${newest}`,
    )
  })

  test('O4 a migration that fails leaves the database as it was', async () => {
    const pool = login('postgres', await create('failing'))
    const broken: Migration = {
      version: newest + 1,
      name: 'broken',
      sql: 'create table app.half (i int); select 1/0',
    }
    await expect(migrate(pool, [...migrations, broken])).rejects.toThrow('(broken) failed')
    const { rows } = await pool.query(
      `select to_regclass('app.migration') as table, to_regnamespace('app') as schema`,
    )
    expect(rows).toEqual([{ table: null, schema: null }])
    expect(await migrate(pool, migrations)).toEqual({ from: 0, to: newest })
  })

  test('O4 a login that may only create roles is enough to migrate', async () => {
    await login('postgres', 'postgres').query('create role dba login createrole')
    await login('postgres', await create('own')).query('alter database own owner to dba')
    expect(await migrate(login('dba', 'own'), migrations)).toEqual({ from: 0, to: newest })
    await assertRole(login('dba', 'own', 'stagedoor_app'))
  })

  test('P9 a login that is only the server’s role serves, and cannot become more', async () => {
    const database = await create('narrow')
    await migrate(login('postgres', database), migrations)
    await login('postgres', database).query('create role web login in role stagedoor_app')
    expect(await migrate(login('web', database), migrations)).toEqual({ from: newest, to: newest })
    const pool = login('web', database, 'stagedoor_app')
    await assertRole(pool)
    for (const statement of [
      'set role stagedoor_owner',
      'set role postgres',
      'set session authorization postgres',
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' })
    await expect(pool.query('reset role; select from app.account')).rejects.toMatchObject({ code: '42501' })
  })
})

// `npm run db:schema`: writes sql/schema.sql from a freshly migrated database.
import { readFile, writeFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { readMigrations } from '../adapters/pg/migrate.ts'
import { describeSchema } from './schema-text.ts'

const HELP = `usage: npm run db:schema [-- --check]

Migrates an empty database in memory and writes what came of it to sql/schema.sql.
  --check   write nothing; exit with 1 when the file is not current`

const sql = new URL('../../sql/', import.meta.url)
const file = new URL('schema.sql', sql)
const [flag] = process.argv.slice(2)
if (flag !== undefined && flag !== '--check') {
  console.log(HELP)
  process.exit(flag === '--help' ? 0 : 1)
}

const db = await PGlite.create()
for (const migration of await readMigrations(sql.pathname)) await db.exec(`begin; ${migration.sql}; commit`)
const text = await describeSchema(async (query) => (await db.query<Record<string, unknown>>(query)).rows)
await db.close()

if (flag === undefined) await writeFile(file, text)
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('sql/schema.sql is not current: run `npm run db:schema` and commit it')
  process.exit(1)
}

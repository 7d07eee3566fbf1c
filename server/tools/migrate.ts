// `npm run migrate`: brings a Postgres to the newest version, for deployments where the server's own login may not;
// tells a restored database that it is another one than its clients knew; and lets its nodes have a new key.
import { parseArgs } from 'node:util'
import { rotateEpochs } from '../adapters/pg/epochs.ts'
import { forgetKey } from '../adapters/pg/keys.ts'
import { migrate, readMigrations } from '../adapters/pg/migrate.ts'
import { openPool } from '../adapters/pg/pool.ts'

const HELP = `usage: DATABASE_URL=postgres://... npm run migrate [-- --rotate-epochs] [-- --new-session-key]

Applies the pending migrations of sql/ in one transaction. The login must be allowed to create roles and, in this
database, schemas. The server migrates by itself at start when its login may; the embedded database always does.

  --rotate-epochs    after a backup was restored, before the server starts on it: everybody begins again with a
                     snapshot instead of continuing a history that is gone
  --new-session-key  also forget which SESSION_KEY the nodes of this database use: the next one to start says.
                     Stop them all first. Everybody signs in again.`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    'rotate-epochs': { type: 'boolean' },
    'new-session-key': { type: 'boolean' },
  },
})
const url = process.env.DATABASE_URL
if (values.help || url === undefined || url === '') {
  console.log(HELP)
  process.exit(values.help ? 0 : 1)
}

const migrations = await readMigrations(new URL('../../sql/', import.meta.url).pathname)
const warn = (event: string, fields?: Record<string, unknown>) => console.error(event, fields)
const pool = openPool({ url, max: 1, role: null, applicationName: 'stagedoor-migrate' }, { warn })
try {
  const { from, to } = await migrate(pool, migrations)
  console.log(from === to ? `The database is at version ${to}.` : `Migrated from version ${from} to ${to}.`)
  if (values['rotate-epochs'])
    console.log(`${await rotateEpochs(pool)} streams have a new epoch: every client starts over.`)
  if (values['new-session-key']) {
    await forgetKey(pool)
    console.log('The next node to start says which key it is.')
  }
} catch (error) {
  for (let at = error; at instanceof Error; at = at.cause) console.error(at.message)
  process.exitCode = 1
} finally {
  await pool.end()
}

// A server that is about to be killed: opens the embedded database of a folder, says the stream's id, then sends
// and prints the number of every message that was acknowledged.
import { randomUUID } from 'node:crypto'
import { createJournal } from '../adapters/pg/journal.ts'
import { migrate, readMigrations } from '../adapters/pg/migrate.ts'
import { createPeople } from '../adapters/pg/people.ts'
import { openPool } from '../adapters/pg/pool.ts'
import { createStreams } from '../adapters/pg/streams.ts'
import { openEmbedded } from '../adapters/pglite/embedded.ts'
import { quiet, sqlFolder } from './databases.ts'

const [dataDir = '', stream = '', sender = ''] = process.argv.slice(2)
const embedded = await openEmbedded({
  dataDir,
  worker: new URL('../adapters/pglite/worker.ts', import.meta.url),
  onFailure: (error) => {
    throw error
  },
})
const connection = { ...embedded.connection, applicationName: 'crash' }
const above = openPool({ ...connection, role: null }, quiet)
await migrate(above, await readMigrations(sqlFolder))
await above.end()
await embedded.confine()
const pool = openPool({ ...connection, role: 'stagedoor_app' }, quiet)
if ((await createPeople(pool).find(sender)) === null) {
  await createPeople(pool).createAccount({
    id: sender,
    name: 'Ada',
    email: null,
    passwordHash: null,
    canHost: true,
    now: Date.now(),
  })
  await createStreams(pool).create({
    id: stream,
    slug: 'crash',
    title: 'Crash',
    description: '',
    host: sender,
    startsAt: null,
  })
}
const journal = createJournal(pool)
for (;;) {
  const drafts = Array.from({ length: 20 }, () => {
    const id = randomUUID()
    return { id, cmid: id, stream, sender, text: id, replyTo: null, viewer: null }
  })
  const results = await journal.append(drafts)
  process.stdout.write(results.flatMap((result) => (result.ok ? [`${result.value.id}\n`] : [])).join(''))
}

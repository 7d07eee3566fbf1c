// What a Stagedoor server finds in its database before it starts: a host, streams, and guests by the thousand with
// sessions and passes of their own, written with SQL because nobody waits for 19,500 sign-ins.
import { createSecretKey, randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { createTokens } from '../../../adapters/jose/index.ts'
import { createJournal } from '../../../adapters/pg/journal.ts'
import { migrate, readMigrations } from '../../../adapters/pg/migrate.ts'
import { createPeople } from '../../../adapters/pg/people.ts'
import { openPool, type PoolConfig } from '../../../adapters/pg/pool.ts'
import { createStreams } from '../../../adapters/pg/streams.ts'
import { openEmbedded } from '../../../adapters/pglite/embedded.ts'
import { systemClock } from '../../../adapters/system/index.ts'
import { makePeople } from '../../faults/storm-world.ts'
import { sqlFolder } from '../../databases.ts'
import type { World } from './target.ts'

/** Passes by stream, one for every viewer in the same order. */
export type Stage = { passes(history: number): readonly string[] }

const PASS_MS = 50 * 60_000
const BATCH = 500
const LINE = 'the quick brown fox jumps over the lazy dog and '.repeat(5).slice(0, 200)
/** The database of a bench is gone: there is nothing to go on with. */
const raise = (error: Error) => {
  throw error
}
const quiet = { warn: () => undefined }

/** In `url`'s Postgres, or in the embedded database of `dataDir`, which no server may have open. */
export async function setStage(
  where: { url: string } | { dataDir: string },
  { viewers, histories = [0] }: World,
  secret: Buffer,
): Promise<Stage> {
  if ('url' in where) return await furnish({ url: where.url, max: 1 }, viewers, histories, secret)
  const worker = new URL('../../../adapters/pglite/worker.ts', import.meta.url)
  const embedded = await openEmbedded({ ...where, worker, onFailure: raise })
  try {
    return await furnish(embedded.connection, viewers, histories, secret)
  } finally {
    await embedded.close()
  }
}

async function furnish(
  connection: Partial<PoolConfig> & { max: number },
  viewers: number,
  histories: readonly number[],
  secret: Buffer,
): Promise<Stage> {
  const pool = openPool({ ...connection, role: null, applicationName: 'bench' }, quiet)
  try {
    await migrate(pool, await readMigrations(sqlFolder))
    const host = randomUUID()
    const account = { id: host, name: 'Host', email: null, passwordHash: null, canHost: true }
    await createPeople(pool).createAccount({ ...account, now: Date.now() })
    const people = await makePeople(pool, viewers)
    const tokens = createTokens({ key: createSecretKey(secret), clock: systemClock })
    const expiresAt = Date.now() + PASS_MS
    const byHistory = new Map<number, readonly string[]>()
    for (const history of new Set(histories)) {
      const stream = await makeStream(pool, host)
      await write(pool, { stream, sender: people[0]!.principal, count: history })
      const passes = people.map((person) => tokens.pass({ ...person, stream, expiresAt }))
      byHistory.set(history, await Promise.all(passes))
    }
    await pool.query('analyze')
    return { passes: (history) => byHistory.get(history) ?? [] }
  } finally {
    await pool.end()
  }
}

async function makeStream(pool: Pool, host: string): Promise<string> {
  const stream = { id: randomUUID(), slug: `bench-${randomUUID()}`, title: 'Bench', description: '' }
  const made = await createStreams(pool).create({ ...stream, host, startsAt: null })
  if (!made.ok) throw new Error(`no stream: ${made.denial.code}`)
  return stream.id
}

async function write(
  pool: Pool,
  { stream, sender, count }: { stream: string; sender: string; count: number },
) {
  const journal = createJournal(pool)
  for (let left = count; left > 0; left -= BATCH) {
    const drafts = Array.from({ length: Math.min(left, BATCH) }, () => {
      const id = randomUUID()
      return { id, cmid: id, stream, sender, text: LINE, replyTo: null, viewer: null }
    })
    const refused = (await journal.append(drafts)).filter((result) => !result.ok)
    if (refused.length > 0) throw new Error(`${refused.length} lines were refused`)
  }
}

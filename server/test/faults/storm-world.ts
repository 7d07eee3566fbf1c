// Where a storm happens: a Postgres that counts its statements, a server on it, and people by the thousand, made
// with SQL because nobody waits for ten thousand sign-ups.
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { createTokens } from '../../adapters/jose/index.ts'
import { createJournal } from '../../adapters/pg/journal.ts'
import { openPool } from '../../adapters/pg/pool.ts'
import { createStreams } from '../../adapters/pg/streams.ts'
import type { Clock } from '../../app/ports.ts'
import { startCluster, urlOf } from '../cluster.ts'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import type { Ticket } from './storm-talk.ts'

export type StormWorld = Awaited<ReturnType<typeof createStormWorld>>

/** The server's own limits are for the open internet; a crowd behind one address needs others. */
const LIMITS = { SOCKETS_PER_ADDRESS: '100000', MESSAGES_PER_SECOND: '1000', PASSES_PER_MINUTE: '100000' }
const PASS_MS = 30 * 60_000
const SESSION_MS = 24 * 3_600_000
const BATCH = 200
const quiet = { warn: () => undefined }

export type Statements = {
  /** Reads of the rooms' logs: entries, newest position, pin, totals. Nobody whispers in a storm, so a private
   * log is empty and is not read. */
  rooms: number
  /** Of many logs at once: joins and the poll of every second. */
  positions: number
  all: number
}

export async function createStormWorld(options: {
  streams: number
  people: number
  history: number
  env?: Record<string, string>
}) {
  const cluster = await startCluster([
    'shared_preload_libraries=pg_stat_statements',
    'pg_stat_statements.max=1000',
  ])
  const port = await freePort()
  const secret = randomBytes(32)
  const env = {
    DATABASE_URL: urlOf(cluster),
    SESSION_KEY: secret.toString('base64url'),
    ...LIMITS,
    ...options.env,
  }
  const start = (): Promise<ServerProcess> => startServer({ port, env })
  const server = await start()
  const pool = (role: 'stagedoor_app' | null) =>
    openPool({ url: urlOf(cluster), max: 2, role, applicationName: 'storm' }, quiet)
  const [app, above] = [pool('stagedoor_app'), pool(null)]
  // In a database of its own: the server refuses to start where its role can read what no policy guards.
  await above.query('create database counts')
  const counts = openPool(
    { url: urlOf(cluster).replace('/postgres?', '/counts?'), max: 1, role: null, applicationName: 'storm' },
    quiet,
  )
  await counts.query('create extension pg_stat_statements')

  const streams = await makeStreams(app, above, options.streams)
  const people = await makePeople(above, options.people)
  const journal = createJournal(app)
  await write(options.history)

  /** `count` lines in every room, as if another node had taken them. */
  async function write(count: number) {
    for (const { id: stream } of streams)
      for (let left = count; left > 0; left -= BATCH) {
        const drafts = Array.from({ length: Math.min(left, BATCH) }, (_, i) => {
          const id = randomUUID()
          const sender = people[(left + i) % people.length]!.principal
          const text = `${id} and some more words, as people write them when they watch a show`
          return { id, cmid: id, stream, sender, text, replyTo: null, viewer: null }
        })
        const refused = (await journal.append(drafts)).filter((result) => !result.ok)
        if (refused.length > 0) throw new Error(`${refused.length} lines were refused`)
      }
  }

  return {
    server,
    start,
    write,
    /** One for each person, spread over the streams; with a pass that is good, over, or (null) not there. */
    async tickets(kind: (i: number) => 'good' | 'expired' | null): Promise<Ticket[]> {
      const key = createSecretKey(secret)
      const now = Date.now()
      const before: Clock = { now: () => now - 2 * PASS_MS, after: () => () => undefined }
      const tokens = createTokens({ key, clock: { ...before, now: () => now } })
      const oldTokens = createTokens({ key, clock: before })
      return await Promise.all(
        people.map(async (person, i) => {
          const stream = streams[i % streams.length]!
          const claims = { ...person, stream: stream.id }
          const how = kind(i)
          const cookie = `session=${await tokens.session({ ...person, expiresAt: now + SESSION_MS })}`
          const pass =
            how === null
              ? null
              : how === 'good'
                ? await tokens.pass({ ...claims, expiresAt: now + PASS_MS })
                : await oldTokens.pass({ ...claims, expiresAt: now - PASS_MS })
          const { principal } = person
          return { principal, stream: stream.id, slug: stream.slug, cookie, pass, expired: how !== 'good' }
        }),
      )
    },
    forgetStatements: () => counts.query('select pg_stat_statements_reset()'),
    async statements(): Promise<Statements> {
      const { rows } = await counts.query<{ query: string; calls: number }>(
        `select s.query, s.calls from pg_stat_statements s join pg_roles r on r.oid = s.userid
         where r.rolname = 'stagedoor_app'`,
      )
      const calls = (shape: RegExp) =>
        rows.reduce((sum, row) => sum + (shape.test(row.query) ? row.calls : 0), 0)
      return {
        rooms: calls(/app\.entry|app\.log|app\.pin|app\.reaction_tally/),
        positions: calls(/app\.positions/),
        all: calls(/./),
      }
    },
    /** By stream: how far its room goes. */
    async seqs(): Promise<Record<string, number>> {
      const { rows } = await above.query<{ stream: string; seq: number }>(
        `select stream_id as stream, last_seq as seq from app.log where kind = 'room'`,
      )
      return Object.fromEntries(rows.map(({ stream, seq }) => [stream, seq]))
    },
    /** Lines that begin with this, and how many of them differ. */
    async lines(prefix: string): Promise<{ count: number; distinct: number }> {
      const { rows } = await above.query<{ count: number; distinct: number }>(
        'select count(*), count(distinct text) as distinct from app.message where starts_with(text, $1)',
        [prefix],
      )
      return rows[0]!
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await Promise.all([app.end(), above.end(), counts.end()])
      await cluster.stop()
    },
  }
}

async function makeStreams(app: Pool, above: Pool, count: number): Promise<{ id: string; slug: string }[]> {
  const { rows } = await above.query<{ id: string }>('select id from app.account where can_host')
  const host = rows[0]!.id
  const { create } = createStreams(app)
  const streams = Array.from({ length: count }, (_, i) => ({ id: randomUUID(), slug: `storm-${i}` }))
  for (const { id, slug } of streams) {
    const made = await create({ id, slug, title: slug, description: '', host, startsAt: null })
    if (!made.ok) throw new Error(`no stream: ${made.denial.code}`)
  }
  return streams
}

/** Guests with sessions, as sign-in would have left them. */
export async function makePeople(
  above: Pool,
  count: number,
): Promise<{ principal: string; session: string }[]> {
  const people = Array.from({ length: count }, () => ({ principal: randomUUID(), session: randomUUID() }))
  const principals = people.map(({ principal }) => principal)
  await above.query(
    `insert into app.principal (id, kind, name) select p, 'guest', 'Guest ' || n
     from unnest($1::uuid[]) with ordinality as g (p, n)`,
    [principals],
  )
  await above.query(
    `insert into app.session (id, principal_id, expires_at)
     select s, p, now() + interval '1 day' from unnest($1::text[], $2::uuid[]) as g (s, p)`,
    [people.map(({ session }) => session), principals],
  )
  await above.query('analyze')
  return people
}

// Nodes that start together on one empty database, and nodes that do not belong together.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, startCluster, urlOf, type Cluster } from './cluster.ts'
import { createPerson } from './client.ts'
import { freePort, runServer, startServer } from './server-process.ts'

const SLOW = 120_000
const root = resolve(import.meta.dirname, '../..')
const newKey = () => randomBytes(32).toString('base64url')

describe.skipIf(noPostgres !== null)('nodes on one postgres', () => {
  let cluster: Cluster
  let above: Client
  beforeAll(async () => {
    cluster = await startCluster()
    above = new Client({ connectionString: urlOf(cluster) })
    await above.connect()
  })
  afterAll(async () => {
    await above.end()
    await cluster.stop()
  })

  test(
    'O10 four that start at once on an empty database make one host and migrate once',
    { timeout: SLOW },
    async () => {
      const env = { DATABASE_URL: urlOf(cluster), SESSION_KEY: newKey() }
      const nodes = await Promise.all([1, 2, 3, 4].map(() => startServer({ env })))
      try {
        const migrated = nodes.filter((node) => node.output().includes('"database.migrated"'))
        expect(migrated).toHaveLength(1)
        const hosts = await above.query<{ n: number }>(
          'select count(*)::int as n from app.account where can_host',
        )
        expect(hosts.rows).toEqual([{ n: 1 }])
        // The links of all of them lead to that one.
        const names = nodes.map((node) => createPerson(node.url).enter(node.loginLink ?? ''))
        const ids = (await Promise.all(names)).map((me) => me.principal?.id)
        expect(new Set(ids).size).toBe(1)
        for (const node of nodes) expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
        // Signed in at one, known at all.
        const cookie = createPerson(nodes[0]!.url)
        await cookie.call('POST', '/api/guest', { name: 'Ada' })
        const seen = await fetch(`${nodes[3]!.url}/api/me`, { headers: { cookie: cookie.cookie() } })
        expect(await seen.json()).toMatchObject({ principal: { name: 'Ada' } })
      } finally {
        await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
      }
    },
  )

  test(
    'O10 a node with another key is one line that says what to do, until all are given a new one',
    { timeout: SLOW },
    async () => {
      const DATABASE_URL = urlOf(cluster)
      const SESSION_KEY = newKey()
      const port = String(await freePort())
      const run = (key: string) =>
        runServer({ DATABASE_URL, SESSION_KEY: key, HOST: '127.0.0.1', PORT: port, LOG_LEVEL: 'error' })
      const before = await above.query<{ mark: string }>('select mark from app.key_mark')
      expect(before.rows).toHaveLength(1)
      const refused = await run(SESSION_KEY)
      expect(refused.code).toBe(1)
      expect(refused.output.trim()).toMatch(
        /^Stagedoor cannot start: [^\n]+another key[^\n]+SESSION_KEY[^\n]+$/,
      )
      expect(refused.output).toContain('npm run migrate -- --new-session-key')
      expect(refused.output).not.toContain(SESSION_KEY)

      const tsx = join(root, 'node_modules/.bin/tsx')
      const args = [join(root, 'server/tools/migrate.ts'), '--new-session-key']
      await promisify(execFile)(tsx, args, { env: { PATH: process.env['PATH'], DATABASE_URL } })
      await using node = await startServer({ env: { DATABASE_URL, SESSION_KEY } })
      expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
      const after = await above.query<{ mark: string }>('select mark from app.key_mark')
      expect(after.rows).toHaveLength(1)
      expect(after.rows[0]?.mark).not.toBe(before.rows[0]?.mark)
      expect(JSON.stringify(after.rows)).not.toContain(SESSION_KEY)
      expect((await run(newKey())).code).toBe(1)
    },
  )
})

test('O10 alone on the embedded database a lost key is replaced, and said', { timeout: SLOW }, async () => {
  const first = await startServer({ empty: true })
  try {
    expect(first.output()).toContain('"database.migrated"')
    const ada = createPerson(first.url)
    await ada.call('POST', '/api/guest', { name: 'Ada' })
    expect(first.output()).not.toContain('key.replaced')
    expect(await first.stop()).toBe(0)
    rmSync(join(first.dataDir, 'keys/session.key'))
    const port = Number(new URL(first.url).port)
    await using second = await startServer({ dataDir: first.dataDir, port })
    expect(second.output()).toContain('"key.replaced"')
    expect(await ada.call('GET', '/api/me')).toMatchObject({ principal: null })
  } finally {
    await first[Symbol.asyncDispose]()
  }
})

// Marked secrets between viewers and a host, and then a look into everything the server wrote besides its tables.
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { createSecrets, spellingsOf, type Secrets } from '../../tools/verify/canary.ts'
import { randomHex, verifyPrivacy } from '../../tools/verify/run.ts'
import type { Visitor } from '../../tools/verify/visitor.ts'
import { noPostgres, startCluster, urlOf } from '../cluster.ts'
import { freePort, redisInstalled, startRedis } from '../redis.ts'
import { startServer, type ServerProcess } from '../server-process.ts'

const enterBy = (link: string | undefined) => (visitor: Visitor) =>
  visitor.call('POST', '/api/sign-in/link', { token: new URL(link ?? '').hash.slice(1) })

/** Everything below a folder as text, byte for byte. */
function filesIn(folder: string): [name: string, text: string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path, 'latin1')])
}

function check(secrets: Secrets, urls: readonly string[], link: string | undefined, viewers: number) {
  const tell = () => undefined
  const size = { viewers, messages: viewers * 4, sockets: 45 }
  return verifyPrivacy({ urls, ...size, enter: enterBy(link), tell, secrets })
}

describe('O5 P1 private texts', { timeout: 120_000 }, () => {
  test('a look finds a secret in each spelling, and nothing in what is one’s own', () => {
    const secrets = createSecrets(randomHex)
    const secret = secrets.text(['ada', 'hana'], 'a secret')
    secrets.known(secret, '11111111-1111-4111-8111-111111111111')
    for (const who of ['ada', 'hana']) expect(secrets.foreignIn(`> ${secret.word} <`, who)).toEqual([])
    for (const who of ['bob', null]) {
      expect(secrets.foreignIn(`> ${secret.word} <`, who)).toMatchObject([{ secret }])
      expect(secrets.foreignIn('id: 11111111-1111-4111-8111-111111111111', who)).toMatchObject([{ secret }])
      for (const [spelling, form] of spellingsOf(secret.word))
        expect(secrets.foreignIn(`> ${form} <`, who), spelling).not.toEqual([])
      expect(secrets.foreignIn('> nothing <', who)).toEqual([])
    }
    expect(secrets.foreignIn(secret.word.slice(0, 16), null)).not.toEqual([])
  })

  test('on the embedded default no text is in what is printed or written beside the database', async () => {
    await using server = await startServer({ env: { MESSAGES_PER_SECOND: '100', GUESTS_PER_MINUTE: '600' } })
    const secrets = createSecrets(randomHex)
    const findings = await check(secrets, [server.url], server.loginLink, 8)
    expect([findings.leaks(), findings.faults()]).toEqual([[], []])
    expect(secrets.foreignIn(server.output(), null)).toEqual([])
    await server.stop()
    const beside = filesIn(server.dataDir).filter(([path]) => !path.includes('/pglite'))
    expect(beside.length).toBeGreaterThan(0)
    for (const [path, text] of beside) expect(secrets.foreignIn(text, null), path).toEqual([])
  })

  const missing = noPostgres !== null || !redisInstalled
  test.skipIf(missing)(
    'three nodes: not on Redis, not in the log of Postgres, not in their own',
    async () => {
      await using redis = await startRedis(await freePort())
      // As talkative as an operator can make it with the one setting that the README asks for.
      const postgres = await startCluster([
        'logging_collector=on',
        'log_min_messages=debug1',
        'log_min_error_statement=info',
        'log_statement=all',
        'log_min_duration_statement=0',
        'log_parameter_max_length=0',
      ])
      const nodes: ServerProcess[] = []
      const watcher = new Redis(redis.url)
      try {
        const env = {
          DATABASE_URL: urlOf(postgres),
          SESSION_KEY: randomBytes(32).toString('base64url'),
          REDIS_URL: redis.url,
          MESSAGES_PER_SECOND: '100',
          GUESTS_PER_MINUTE: '600',
        }
        for (let n = 0; n < 3; n++) nodes.push(await startServer({ env }))
        const monitor = await watcher.monitor()
        const heard: string[] = []
        monitor.on('monitor', (_: string, words: string[]) => heard.push(words.join(' ')))
        const secrets = createSecrets(randomHex)
        const urls = nodes.map(({ url }) => url)
        const findings = await check(secrets, urls, nodes[0]?.loginLink, 12)
        expect([findings.leaks(), findings.faults()]).toEqual([[], []])
        monitor.disconnect()
        expect(heard.length).toBeGreaterThan(50)
        expect(secrets.foreignIn(heard.join('\n'), null)).toEqual([])
        for (const key of await watcher.keys('*'))
          expect(secrets.foreignIn(`${key} ${(await watcher.dump(key)) as string | null}`, null)).toEqual([])
        for (const { output } of nodes) expect(secrets.foreignIn(output(), null)).toEqual([])
        const lines = filesIn(join(postgres.host, 'data/log'))
        expect(lines.map(([, text]) => text).join()).toContain('app.append')
        for (const [path, text] of lines) expect(secrets.foreignIn(text, null), path).toEqual([])
      } finally {
        watcher.disconnect()
        for (const node of nodes) await node[Symbol.asyncDispose]()
        await postgres.stop()
      }
    },
  )
})

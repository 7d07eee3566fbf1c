// Two real nodes on one Postgres, meeting on a Redis or on a Redis Cluster.
import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Pass } from '../../shared/api/streams.ts'
import { noPostgres, startCluster, urlOf } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { openChat } from './client.ts'
import type { Person } from './client.ts'
import { startRedisCluster } from './redis-cluster.ts'
import { freePort, redisInstalled, startRedis } from './redis.ts'
import { startServer } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'
import { guest, openShow } from './show.ts'

const missing = noPostgres !== null || !redisInstalled

describe.skipIf(missing)('two nodes (skipped where Postgres or redis-server is not installed)', () => {
  let postgres: Cluster
  // One for all nodes of one database.
  const key = randomBytes(32).toString('base64url')
  beforeAll(async () => {
    postgres = await startCluster()
  })
  afterAll(() => postgres.stop())

  /** A show opened on the first node: the host is connected to the second, a viewer to each. */
  async function openNodes(meet: Record<string, string>) {
    const env = {
      DATABASE_URL: urlOf(postgres),
      SESSION_KEY: key,
      MESSAGES_PER_SECOND: '1000',
      ...meet,
    }
    const a = await startServer({ env })
    const b = await startServer({ env })
    const { host, stream } = await openShow(a)
    const joinAt = async (node: ServerProcess, person: Person) => {
      const { pass } = await person.call<Pass>('POST', `/api/streams/${stream.slug}/pass`, {})
      return openChat(node.url, pass)
    }
    const [ada, bob] = [await guest(a, 'Ada'), await guest(a, 'Bob')]
    return {
      nodes: [a, b] as const,
      stream,
      viewer: ada.id,
      host: await joinAt(b, host),
      ada: await joinAt(a, ada),
      bob: await joinAt(b, bob),
      async [Symbol.asyncDispose]() {
        await b[Symbol.asyncDispose]()
        await a[Symbol.asyncDispose]()
      },
    }
  }

  /** Everybody says one thing; each reaches whom it is for, on the other node, and nobody else. */
  async function talk({ host, ada, bob, viewer }: Awaited<ReturnType<typeof openNodes>>, mark: string) {
    const said = { public: `public ${mark}`, toHost: `to host ${mark}`, toViewer: `to viewer ${mark}` }
    expect(await ada.ask({ t: 'whisper', text: said.toHost })).toMatchObject({ t: 'ok' })
    expect(await host.ask({ t: 'whisper', to: viewer, text: said.toViewer })).toMatchObject({ t: 'ok' })
    expect(await ada.ask({ t: 'say', text: said.public })).toMatchObject({ t: 'ok' })
    await Promise.all([host.said(said.toHost), ada.said(said.toViewer), bob.said(said.public)])
    for (const text of [said.toHost, said.toViewer]) expect(bob.raw.join()).not.toContain(text)
    return said
  }

  test('P12 C17 Redis sees pointers to what is private and never its text; without it, all arrives all the same', async () => {
    await using redis = await startRedis(await freePort())
    await using show = await openNodes({ REDIS_URL: redis.url })
    const watcher = new Redis(redis.url)
    watcher.on('error', () => undefined)
    const monitor = await watcher.monitor()
    const lines: string[] = []
    monitor.on('monitor', (_: string, words: string[]) => lines.push(words.join(' ')))
    monitor.on('error', () => undefined)

    const said = await talk(show, 'canary')
    await expect.poll(() => lines.join('\n')).toContain(said.public)
    const seen = lines.join('\n')
    expect(seen).toContain('"type":"pointer","log":{"kind":"thread"')
    expect(seen).not.toContain(said.toHost)
    expect(seen).not.toContain(said.toViewer)

    monitor.disconnect()
    watcher.disconnect()
    await redis.stop()
    await talk(show, 'canary without Redis')
    for (const { output } of show.nodes) expect(output()).not.toContain('canary')
  })

  test('C17 nodes that meet on a cluster hear each other through the shard of the stream', async () => {
    const redis = await startRedisCluster()
    try {
      await using show = await openNodes({ REDIS_CLUSTER_URLS: redis.urls.join() })
      const channel = `stagedoor:stream:${show.stream.id}`
      const following = async () => {
        const asked = redis.members.map(({ admin }) => admin.call('PUBSUB', 'SHARDNUMSUB', channel))
        return (await Promise.all(asked)).map((answer) => (answer as [string, number])[1]).sort()
      }
      await expect.poll(following).toEqual([0, 0, 2])
      await talk(show, 'whole')
      await redis.members[0]?.kill()
      await talk(show, 'first killed')
      await redis.members[1]?.kill()
      await redis.members[2]?.kill()
      await talk(show, 'all killed')
    } finally {
      await redis.stop()
    }
  })
})

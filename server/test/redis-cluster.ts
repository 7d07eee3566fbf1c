// A real Redis Cluster of three masters, and a replica for the first when asked: own folders, free ports, a node
// timeout of a second, so that it notices deaths at test speed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { vi } from 'vitest'
import { freePort, startRedis } from './redis.ts'
import type { RedisServer } from './redis.ts'

const MASTERS = 3
const SLOTS = 16_384

export type ClusterMember = {
  address: string
  /** A connection that comes back by itself. */
  admin: Redis
  id: string
  freeze(): void
  thaw(): void
  kill(): Promise<void>
  /** On its old port, with its old place in the cluster and nothing else. */
  restart(): Promise<void>
}
export type RedisCluster = {
  members: readonly ClusterMember[]
  urls: string[]
  /** Which master has a slot when nothing was moved. */
  homeOf(slot: number): ClusterMember
  whole(): Promise<void>
  stop(): Promise<void>
}

export async function startRedisCluster(options: { replica?: boolean } = {}): Promise<RedisCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-redis-'))
  const closing: (() => Promise<void>)[] = []

  async function member(index: number) {
    const [port, busPort] = [await freePort(), await freePort()]
    const dir = mkdtempSync(join(folder, `${index}-`))
    const more = ['--dir', dir, '--cluster-enabled', 'yes', '--cluster-port', String(busPort)]
    const start = () => startRedis(port, [...more, '--cluster-node-timeout', '1000'])
    let server: RedisServer = await start()
    const admin = new Redis({ port, retryStrategy: () => 50, maxRetriesPerRequest: null })
    admin.on('error', () => undefined)
    closing.push(async () => {
      admin.disconnect()
      await server.stop()
    })
    return {
      port,
      busPort,
      address: `127.0.0.1:${port}`,
      admin,
      id: await admin.cluster('MYID'),
      freeze: () => server.freeze(),
      thaw: () => server.thaw(),
      kill: () => server.stop(),
      async restart() {
        server = await start()
      },
    }
  }

  const members = await Promise.all(
    Array.from({ length: MASTERS + (options.replica ? 1 : 0) }, (_, index) => member(index)),
  )
  const masters = members.slice(0, MASTERS)
  const firstOf = (index: number) => Math.floor((index * SLOTS) / MASTERS)
  const homeOf = (slot: number) => {
    const home = masters.findLast((_, index) => firstOf(index) <= slot)
    if (!home) throw new Error(`slot ${slot} has no home`)
    return home
  }
  for (const [index, { admin }] of masters.entries()) {
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', firstOf(index), firstOf(index + 1) - 1)
    await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
  }
  for (const { port, busPort } of members.slice(1))
    await members[0]?.admin.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort)

  /** Everybody knows everybody, and every slot is served. */
  const whole = () =>
    vi.waitUntil(
      async () => {
        const infos = await Promise.all(members.map(({ admin }) => admin.cluster('INFO')))
        const known = `cluster_known_nodes:${members.length}`
        return infos.every((info) => info.includes('cluster_state:ok') && info.includes(known))
      },
      { timeout: 30_000, interval: 50 },
    )
  await whole()
  const [replica] = members.slice(MASTERS)
  if (replica) {
    await replica.admin.call('CLUSTER', 'REPLICATE', members[0]?.id ?? '')
    await vi.waitUntil(
      async () => /role:slave[^]*master_link_status:up/.test(await replica.admin.info('replication')),
      { timeout: 30_000, interval: 50 },
    )
  }
  return {
    members,
    urls: masters.map(({ address }) => `redis://${address}`),
    homeOf,
    async whole() {
      await whole()
    },
    async stop() {
      await Promise.all(closing.map((close) => close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { busContract, followRestored, pointer } from '../../test/contracts/bus.ts'
import { startRedisCluster } from '../../test/redis-cluster.ts'
import type { ClusterMember, RedisCluster } from '../../test/redis-cluster.ts'
import { openNode } from '../../test/redis-node.ts'
import type { BusNode } from '../../test/redis-node.ts'
import { redisInstalled } from '../../test/redis.ts'
import { createRedisClusterBus } from './bus.ts'
import { slotOf } from './slots.ts'

const AWAY = 'redis away, nodes follow the database'

describe.skipIf(!redisInstalled)('redis cluster (skipped where redis-server is not installed)', () => {
  let cluster: RedisCluster
  const closing: (() => void)[] = []
  beforeAll(async () => {
    cluster = await startRedisCluster({ replica: true })
  })
  afterEach(() => closing.splice(0).forEach((close) => close()))
  afterAll(() => cluster.stop())

  async function open(prefix: string, urls: readonly string[] = cluster.urls) {
    const node = await openNode((deps) => createRedisClusterBus({ urls, prefix, ...deps }))
    closing.push(() => node.bus.close())
    return node
  }
  const homeOf = (prefix: string, stream: string) => cluster.homeOf(slotOf(`${prefix}:stream:${stream}`))

  /** Two nodes, and one stream of each master, in the order of the masters; the second node follows them. The
   * channel of the whole node lives on the first master. */
  async function pair() {
    const [first, second, third] = cluster.members
    let prefix: string = randomUUID()
    while (cluster.homeOf(slotOf(`${prefix}:nodes`)) !== first) prefix = randomUUID()
    const streams = [first, second, third].map((home) => {
      let n = 0
      while (homeOf(prefix, `s${n}`) !== home) n++
      return `s${n}`
    })
    const [a, b] = [await open(prefix), await open(prefix)]
    for (const stream of streams) await followRestored(b.bus, stream)
    b.restored.length = 0
    return { a, b, prefix, streams: streams as [string, string, string] }
  }

  /** Time passes, as fast as the test can look. */
  const turn = async (...nodes: BusNode[]) => {
    for (const { clock } of nodes) await clock.advance(100)
  }

  /** Says things on one node until they are heard on the other again; then everything said in a row is. */
  async function flowing(a: BusNode, b: BusNode, stream: string) {
    let seq = 0
    const heard = () => b.heard.filter((notice) => 'log' in notice && notice.log.stream === stream)
    const before = heard().length
    const trying = async () => {
      await turn(a, b)
      a.bus.publish(pointer(++seq, stream))
      return heard().length
    }
    await expect.poll(trying, { timeout: 15_000 }).toBeGreaterThan(before)
    const from = seq
    for (let i = 0; i < 50; i++) a.bus.publish(pointer(++seq, stream))
    const expected = Array.from({ length: 50 }, (_, i) => pointer(from + 1 + i, stream))
    await expect.poll(() => heard().slice(-50)).toEqual(expected)
  }

  const restored = (node: BusNode, others: readonly BusNode[] = []) =>
    expect.poll(
      async () => {
        await turn(node, ...others)
        return [...new Set(node.restored)].sort()
      },
      { timeout: 20_000 },
    )

  busContract('redis cluster', async () => {
    const prefix = randomUUID()
    const [a, b] = [(await open(prefix)).bus, (await open(prefix)).bus]
    return { nodes: [a, b], follow: followRestored, close: () => [a, b].forEach((bus) => bus.close()) }
  })

  test('slots are counted as the cluster counts them', async () => {
    const { admin } = cluster.members[0] as ClusterMember
    for (const name of ['stagedoor:nodes', 'stagedoor:stream:7f', 'ünïcode ❤️', 'x'.repeat(300)])
      expect(slotOf(name)).toBe(await admin.cluster('KEYSLOT', name))
  })

  test('streams spread over the servers: each carries its own channels and no others', async () => {
    const { prefix, streams } = await pair()
    const carried = await Promise.all(
      cluster.members.map(({ admin }) => admin.call('PUBSUB', 'SHARDCHANNELS', `${prefix}:*`)),
    )
    const [s0, s1, s2] = streams.map((stream) => `${prefix}:stream:${stream}`)
    expect(carried.map((channels) => (channels as string[]).sort())).toEqual([
      [`${prefix}:nodes`, s0],
      [s1],
      [s2],
      [],
    ])
  })

  test('one address that answers is enough to begin', async () => {
    const [, url = ''] = cluster.urls
    const { heard, bus } = await open(randomUUID(), ['redis://127.0.0.1:1', url])
    await followRestored(bus, 's1')
    bus.publish(pointer(1))
    expect(heard).toEqual([pointer(1)])
  })

  test('C17 connections cut on one server: its streams are restored, the others never stopped', async () => {
    const { a, b, streams } = await pair()
    await cluster.members[1]?.admin.client('KILL', 'TYPE', 'PUBSUB')
    await restored(b).toEqual([streams[1]])
    for (const stream of streams) await flowing(a, b, stream)
  })

  test('C17 a server that is connected and answers nothing is found by its own probe alone', async () => {
    const { a, b, streams } = await pair()
    const third = cluster.members[2] as ClusterMember
    third.freeze()
    for (const stream of streams.slice(0, 2)) {
      a.bus.publish(pointer(7, stream))
      await expect.poll(() => b.heard.at(-1)).toEqual(pointer(7, stream))
    }
    const silent = async () => (await turn(b), b.lines)
    await expect.poll(silent, { timeout: 20_000 }).toEqual([AWAY])
    expect(b.clock.now()).toBeLessThanOrEqual(7_100)
    third.thaw()
    await restored(b).toContain(streams[2])
    for (const stream of streams) await flowing(a, b, stream)
    await cluster.whole()
  })

  test('C17 a master is killed: the other shards deliver meanwhile, and its own when it is back, empty', async () => {
    const { a, b, streams } = await pair()
    const second = cluster.members[1] as ClusterMember
    await second.kill()
    for (const stream of [streams[0], streams[2]]) await flowing(a, b, stream)
    expect(b.lines).toEqual([AWAY])
    expect(b.restored).toEqual([])
    await second.restart()
    await restored(b, [a]).toEqual([streams[1]])
    for (const stream of streams) await flowing(a, b, stream)
    await cluster.whole()
  })

  test('C17 a slot that moves takes its stream along', async () => {
    const { a, b, prefix, streams } = await pair()
    const slot = slotOf(`${prefix}:stream:${streams[1]}`)
    const [first, second, third] = cluster.members as [ClusterMember, ClusterMember, ClusterMember]
    const move = async (to: ClusterMember) => {
      await to.admin.call('CLUSTER', 'BUMPEPOCH')
      for (const { admin } of [to, first, second, third])
        await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id)
    }
    await move(third)
    await restored(b, [a]).toContain(streams[1])
    for (const stream of streams) await flowing(a, b, stream)
    const carried = await third.admin.call('PUBSUB', 'SHARDCHANNELS', `${prefix}:*`)
    expect(carried).toContain(`${prefix}:stream:${streams[1]}`)
    await move(second)
    await flowing(a, b, streams[1])
    expect(b.lines).toEqual([])
  })

  test('C17 a master dies for good: its replica takes over, and its streams with it', async () => {
    const { a, b, prefix, streams } = await pair()
    const [first, , , replica] = cluster.members as [ClusterMember, unknown, unknown, ClusterMember]
    await first.kill()
    for (const stream of streams.slice(1)) await flowing(a, b, stream)
    await restored(b, [a]).toContain(streams[0])
    for (const stream of streams) await flowing(a, b, stream)
    const carried = await replica.admin.call('PUBSUB', 'SHARDCHANNELS', `${prefix}:*`)
    expect((carried as string[]).sort()).toEqual([`${prefix}:nodes`, `${prefix}:stream:${streams[0]}`])
    const revoked = { type: 'revoked', principal: 'ada' } as const
    a.bus.publish(revoked)
    await expect.poll(() => b.heard.at(-1)).toEqual(revoked)
  })
})

import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Notice } from '../../app/ports.ts'
import { busContract, followRestored, pointer } from '../../test/contracts/bus.ts'
import { openNode } from '../../test/redis-node.ts'
import type { BusNode } from '../../test/redis-node.ts'
import { freePort, redisInstalled, startRedis } from '../../test/redis.ts'
import type { RedisServer } from '../../test/redis.ts'
import { createRedisBus } from './bus.ts'

const AWAY = 'redis away, nodes follow the database'

describe.skipIf(!redisInstalled)('redis (skipped where redis-server is not installed)', () => {
  let server: RedisServer
  let port: number
  let admin: Redis
  const closing: (() => void)[] = []
  beforeAll(async () => {
    port = await freePort()
    server = await startRedis(port)
    admin = new Redis(port)
    admin.on('error', () => undefined)
  })
  afterEach(() => closing.splice(0).forEach((close) => close()))
  afterAll(async () => {
    admin.disconnect()
    await server.stop()
  })

  async function open(prefix: string = randomUUID()) {
    const url = `redis://127.0.0.1:${port}`
    const node = await openNode((deps) => createRedisBus({ url, prefix, ...deps }))
    closing.push(() => node.bus.close())
    return node
  }

  /** Two nodes; the second follows s1 and s2. */
  async function pair() {
    const prefix = randomUUID()
    const [a, b] = [await open(prefix), await open(prefix)]
    for (const stream of ['s1', 's2']) await followRestored(b.bus, stream)
    b.restored.length = 0
    return { a, b }
  }

  /** Says things on one node until they are heard on the other again; then everything said in a row is. */
  async function flowing(a: BusNode, b: BusNode) {
    let seq = 100
    const say = () => a.bus.publish(pointer(++seq, 's2'))
    await expect.poll(() => (say(), b.heard.length), { timeout: 15_000 }).toBeGreaterThan(0)
    const from = seq
    for (let i = 0; i < 50; i++) say()
    const last = () => b.heard.slice(-50)
    await expect.poll(last).toEqual(Array.from({ length: 50 }, (_, i) => pointer(from + 1 + i, 's2')))
  }

  busContract('redis', async () => {
    const prefix = randomUUID()
    const [a, b] = [(await open(prefix)).bus, (await open(prefix)).bus]
    return { nodes: [a, b], follow: followRestored, close: () => [a, b].forEach((bus) => bus.close()) }
  })

  test('garbage on the channel is ignored', async () => {
    const prefix = randomUUID()
    const { bus, heard } = await open(prefix)
    await followRestored(bus, 's1')
    for (const garbage of ['', 'null', '{', '7', '{"node":"x"}', '[]', '{"node":"x","notice":7}'])
      await admin.publish(`${prefix}:stream:s1`, garbage)
    await admin.publish(`${prefix}:stream:s1`, JSON.stringify({ node: 'x', notice: pointer(1) }))
    await expect.poll(() => heard).toEqual([pointer(1)])
  })

  test('a stream that nobody follows any more is left', async () => {
    const prefix = randomUUID()
    const { bus } = await open(prefix)
    const channels = () => admin.pubsub('CHANNELS', `${prefix}:*`)
    const release = await followRestored(bus, 's1')
    expect(await channels()).toContain(`${prefix}:stream:s1`)
    release()
    await expect.poll(channels).toEqual([`${prefix}:nodes`])
  })

  test('a notice that nobody here understands is a fault and not the end of the process', async () => {
    const { a, b } = await pair()
    b.bus.subscribe((one) => {
      if (one.type === 'pulse') throw new TypeError('of another version')
    })
    const pulse: Notice = { type: 'pulse', node: 'a', stream: 's', viewers: 1, added: {} }
    a.bus.publish(pulse)
    a.bus.publish({ type: 'revoked' })
    await expect.poll(() => b.heard).toEqual([pulse, { type: 'revoked' }])
    expect(b.faults).toEqual(['redis notice'])
  })

  test('C17 connections cut again and again are made again: all streams are restored, and notices flow', async () => {
    const { a, b } = await pair()
    for (let round = 1; round <= 3; round++) {
      await admin.client('KILL', 'TYPE', 'PUBSUB')
      await expect.poll(() => b.restored, { timeout: 10_000 }).toHaveLength(2 * round)
    }
    expect(new Set(b.restored)).toEqual(new Set(['s1', 's2']))
    await flowing(a, b)
  })

  test('C17 a Redis that holds what is published: no echo, the connections are made anew within 7 s', async () => {
    const { a, b } = await pair()
    await admin.client('PAUSE', 60_000, 'WRITE')
    await b.clock.advance(7_000)
    expect(b.lines).toEqual([AWAY])
    await admin.client('UNPAUSE')
    await expect.poll(() => [...b.restored].sort(), { timeout: 10_000 }).toEqual(['s1', 's2'])
    await flowing(a, b)
  })

  test('C17 a Redis that is connected and answers nothing is found silent, and heard again when it wakes', async () => {
    const { a, b } = await pair()
    server.freeze()
    await b.clock.advance(7_000)
    expect(b.lines).toEqual([AWAY])
    server.thaw()
    await expect.poll(() => [...b.restored].sort(), { timeout: 10_000 }).toEqual(['s1', 's2'])
    await flowing(a, b)
  })

  test('what a Redis that does not answer has not taken is bounded: the rest is lost, not kept', async () => {
    const { a, b } = await pair()
    server.freeze()
    for (let seq = 1; seq <= 20_000; seq++) a.bus.publish(pointer(seq))
    expect(a.lines).toEqual([AWAY])
    server.thaw()
    const end = { type: 'revoked', principal: 'ada' } as const
    await expect.poll(() => (a.bus.publish(end), b.heard.at(-1)), { timeout: 10_000 }).toEqual(end)
    const arrived = b.heard.filter((notice) => notice.type === 'pointer')
    expect(arrived).toEqual(Array.from({ length: arrived.length }, (_, i) => pointer(i + 1)))
    expect(arrived.length).toBeGreaterThan(1_000)
    expect(arrived.length).toBeLessThan(8_000)
  })

  test('an echo in time changes nothing', async () => {
    const { a, b } = await pair()
    for (let round = 1; round <= 4; round++) {
      await b.clock.advance(5_000)
      // There and back, behind the probe on both ways: the echo is here before the answer.
      b.bus.publish({ type: 'revoked' })
      await expect.poll(() => a.heard).toHaveLength(round)
      a.bus.publish(pointer(round))
      await expect.poll(() => b.heard).toHaveLength(2 * round)
    }
    expect([b.lines, b.restored]).toEqual([[], []])
  })

  test('C17 Redis killed and back empty: this node goes on hearing itself, then the others again', async () => {
    const { a, b } = await pair()
    a.bus.follow('s1')
    await server.stop()
    for (let seq = 1; seq <= 20_000; seq++) a.bus.publish(pointer(seq))
    expect(a.heard).toHaveLength(20_000)
    await expect.poll(() => [a.lines, b.lines]).toEqual([[AWAY], [AWAY]])

    server = await startRedis(port)
    await expect.poll(() => [...b.restored].sort(), { timeout: 10_000 }).toEqual(['s1', 's2'])
    await flowing(a, b)
    await expect
      .poll(() => [a.lines, b.lines])
      .toEqual([
        [AWAY, 'redis back'],
        [AWAY, 'redis back'],
      ])
  })

  test('O5 the line about an outage does not hold the address: it may hold a password', async () => {
    const said: unknown[] = []
    const secret = createRedisBus({
      url: `redis://:hunter2@127.0.0.1:${port}`,
      clock: { now: () => 0, after: () => () => undefined },
      log: {
        info: (...line) => said.push(line),
        warn: (...line) => said.push(line),
        fault: (...line) => String(said.push(line)),
      },
    })
    closing.push(() => secret.close())
    await server.stop()
    await expect.poll(() => said).toHaveLength(1)
    expect(JSON.stringify(said)).not.toContain('hunter2')
    server = await startRedis(port)
  })
})

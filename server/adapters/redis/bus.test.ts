import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Notice } from '../../app/ports.ts'
import { createHandClock } from '../../test/clock.ts'
import { busContract } from '../../test/contracts/bus.ts'
import { freePort, redisInstalled, startRedis } from '../../test/redis.ts'
import type { RedisServer } from '../../test/redis.ts'
import { createRedisBus } from './bus.ts'

const notice = (seq: number): Notice => ({
  type: 'pointer',
  log: { kind: 'inbox', stream: 's1' },
  epoch: 'e1',
  seq,
})

describe.skipIf(!redisInstalled)('redis (skipped where redis-server is not installed)', () => {
  let server: RedisServer
  let port: number
  beforeAll(async () => {
    port = await freePort()
    server = await startRedis(port)
  })
  afterAll(() => server.stop())

  async function open(prefix = randomUUID()) {
    const clock = createHandClock(0)
    const lines: string[] = []
    const faults: string[] = []
    const log = {
      info: (event: string) => void lines.push(event),
      warn: (event: string) => void lines.push(event),
      fault: (where: string) => `fault-${faults.push(where)}`,
    }
    const bus = createRedisBus({ url: `redis://127.0.0.1:${port}`, prefix, log, clock })
    await bus.subscribed
    return { bus, clock, lines, faults }
  }

  busContract('redis', async () => {
    const prefix = randomUUID()
    const [a, b] = [(await open(prefix)).bus, (await open(prefix)).bus]
    return {
      nodes: [a, b],
      close() {
        a.close()
        b.close()
      },
    }
  })

  test('garbage on the channel is ignored', async () => {
    const prefix = randomUUID()
    const { bus } = await open(prefix)
    const got = new Promise((resolve) => bus.subscribe(resolve))
    const stranger = new Redis(port)
    for (const garbage of ['', 'null', '{', '7', '{"node":"x"}', '[]'])
      await stranger.publish(`${prefix}:notices`, garbage)
    await stranger.publish(`${prefix}:notices`, JSON.stringify({ node: 'x', notice: notice(1) }))
    expect(await got).toEqual(notice(1))
    stranger.disconnect()
    bus.close()
  })

  test('a listener whose line went silent is replaced when the echo stays away', async () => {
    const { bus, clock, lines } = await open()
    const admin = new Redis(port)
    // The publisher stays; every subscription is taken away behind the back of a healthy connection.
    const before = await admin.client('LIST', 'TYPE', 'PUBSUB')
    const id = /id=(\d+)/.exec(String(before))?.[1]
    await admin.client('PAUSE', 60_000, 'WRITE')
    await clock.advance(7_000)
    expect(lines).toEqual(['redis away, nodes follow the database'])
    await admin.client('UNPAUSE')
    await expect
      .poll(async () => /id=(\d+)/.exec(String(await admin.client('LIST', 'TYPE', 'PUBSUB')))?.[1] ?? id)
      .not.toBe(id)
    admin.disconnect()
    bus.close()
  })

  test('a notice that nobody here understands is a fault and not the end of the process', async () => {
    const prefix = randomUUID()
    const [a, b] = [await open(prefix), await open(prefix)]
    const heard: Notice[] = []
    b.bus.subscribe((one) => {
      if (one.type === 'pulse') throw new TypeError('of another version')
      heard.push(one)
    })
    a.bus.publish({ type: 'pulse', node: 'a', stream: 's', viewers: 1, added: {} })
    a.bus.publish(notice(1))
    await expect.poll(() => heard).toEqual([notice(1)])
    expect(b.faults).toEqual(['redis notice'])
    a.bus.close()
    b.bus.close()
  })

  test('with Redis gone this node goes on hearing itself, and the others again when it is back', async () => {
    const prefix = randomUUID()
    const [a, b] = [await open(prefix), await open(prefix)]
    await server.stop()
    const own: Notice[] = []
    a.bus.subscribe((heard) => own.push(heard))
    for (let seq = 1; seq <= 3_000; seq++) a.bus.publish(notice(seq))
    expect(own).toHaveLength(3_000)
    await expect.poll(() => a.lines).toEqual(['redis away, nodes follow the database'])

    server = await startRedis(port)
    let seq = 10_000
    const back = new Promise((resolve) => b.bus.subscribe(resolve))
    await expect
      .poll(
        async () => {
          a.bus.publish(notice(++seq))
          return await Promise.race([back, Promise.resolve(null)])
        },
        { timeout: 10_000 },
      )
      .toMatchObject({ type: 'pointer' })
    expect(a.lines).toContain('redis back')
    a.bus.close()
    b.bus.close()
  })
})

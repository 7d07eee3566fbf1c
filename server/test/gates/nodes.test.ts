// P42 under two real nodes on one Postgres, with Redis up and after it was stopped: a gate that changes at one node
// closes those who lost the right at both.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Pass } from '../../../shared/api/streams.ts'
import { noPostgres, startCluster, urlOf, type Cluster } from '../cluster.ts'
import { createPerson, openChat } from '../client.ts'
import { freePort, redisInstalled, startRedis, type RedisServer } from '../redis.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { PASSPHRASE, ROOMY, openHouse, openPush, type House } from './house.ts'

/** What P42 promises, and what a busy test machine may take on top. */
const BOUND_MS = { up: 1_000, down: 2_000 } as const
const SLACK_MS = 3_000

const skip = noPostgres ?? (redisInstalled ? null : 'no redis-server on this machine')

describe.skipIf(skip !== null)(`two nodes${skip === null ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster
  let redis: RedisServer
  let far: ServerProcess
  let house: House

  beforeAll(async () => {
    cluster = await startCluster()
    redis = await startRedis(await freePort())
    const env = {
      ...ROOMY,
      DATABASE_URL: urlOf(cluster),
      REDIS_URL: redis.url,
      SESSION_KEY: 'A'.repeat(43),
    }
    house = await openHouse(await startServer({ env }))
    far = await startServer({ env })
  }, 120_000)
  afterAll(async () => {
    await house.close()
    await far[Symbol.asyncDispose]()
    await redis.stop()
    await cluster.stop()
  })

  /** Somebody at both nodes, with chat and picture open at each. */
  async function sitAtBoth(name: string) {
    const person = createPerson(house.server.url)
    await person.call('POST', '/api/guest', { name })
    if ((await house.page()).stream.gate.kind === 'passphrase')
      await person.call('POST', `${house.at}/enter`, { passphrase: PASSPHRASE })
    const { pass } = await person.call<Pass>('POST', `${house.at}/pass`, {})
    const bases = [house.server.url, far.url]
    const chats = await Promise.all(bases.map((base) => openChat(base, pass)))
    const pushes = await Promise.all(bases.map((base) => openPush(base, pass)))
    const codes = Promise.all([
      ...chats.map(({ closed }) => closed.then(({ code }) => code)),
      ...pushes.map(({ closed }) => closed),
    ])
    return { person, pass, codes }
  }

  async function everyChange(bus: keyof typeof BOUND_MS) {
    await house.gate('public')
    const viewer = await sitAtBoth(`Ada ${bus}`)
    const began = performance.now()
    await house.gate('passphrase')
    expect(await viewer.codes).toEqual([4401, 4401, 4401, 4401])
    expect(performance.now() - began).toBeLessThan(BOUND_MS[bus] + SLACK_MS)
    const there = createPerson(far.url, viewer.person.cookie())
    const refusal = await there.call<{ code: string }>('POST', `${house.at}/pass`, {}, 403)
    expect(refusal.code).toBe('passphrase_needed')
    await expect(openChat(far.url, viewer.pass)).rejects.toThrow('closed with 4401')

    // Entered at one node, let in at the other; a new passphrase ends it at both.
    const entered = await sitAtBoth(`Bob ${bus}`)
    await house.set({ kind: 'passphrase', passphrase: 'another one' })
    expect(await entered.codes).toEqual([4401, 4401, 4401, 4401])
  }

  test('P42 with Redis up both nodes look again at once', { timeout: 60_000 }, async () => {
    await everyChange('up')
  })

  test('P42 with Redis gone they look again by the poll', { timeout: 60_000 }, async () => {
    await redis.stop()
    await everyChange('down')
  })
})

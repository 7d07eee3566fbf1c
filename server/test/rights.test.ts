// Rights that end under two real nodes on one Postgres, with Redis up and after it was killed; and the room that
// goes on being read when Postgres has crashed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Me } from '../../shared/api/identity.ts'
import type { Page } from '../../shared/protocol/index.ts'
import { noPostgres, startCluster, urlOf, type Cluster } from './cluster.ts'
import { createPerson, type ChatSocket, type Person } from './client.ts'
import { freePort, redisInstalled, startRedis, type RedisServer } from './redis.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow } from './show.ts'

/** What C11 promises, and what a busy test machine may take on top. */
const BOUND_MS = { up: 1_000, down: 2_000 } as const
const SLACK_MS = 3_000

const skip = noPostgres ?? (redisInstalled ? null : 'no redis-server on this machine')

describe.skipIf(skip !== null)(`two nodes${skip === null ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster
  let redis: RedisServer
  let near: ServerProcess
  let far: ServerProcess
  let host: Person
  let slug: string
  let stage: ChatSocket

  beforeAll(async () => {
    cluster = await startCluster()
    redis = await startRedis(await freePort())
    const env = {
      DATABASE_URL: urlOf(cluster),
      REDIS_URL: redis.url,
      SESSION_KEY: 'A'.repeat(43),
      MESSAGES_PER_SECOND: '10000',
      CHAT_COMMANDS_PER_SECOND: '10000',
    }
    near = await startServer({ env })
    far = await startServer({ env })
    const show = await openShow(near)
    host = show.host
    slug = show.stream.slug
    stage = await host.join(slug)
  }, 120_000)
  afterAll(async () => {
    for (const server of [near, far]) await server[Symbol.asyncDispose]()
    await redis.stop()
    await cluster.stop()
  })

  const id = async (person: Person) => (await person.call<Me>('GET', '/api/me')).principal?.id ?? ''
  /** The same person on both nodes. */
  async function both(name: string) {
    const person = await guest(near, name)
    const there = createPerson(far.url, person.cookie())
    return { person, there, sockets: [await person.join(slug), await there.join(slug)] as const }
  }
  /** How long after the act was acknowledged the last of the sockets was closed, and with which codes. */
  async function closing(sockets: readonly ChatSocket[], act: () => Promise<unknown>) {
    await act()
    const done = Date.now()
    const codes = (await Promise.all(sockets.map(({ closed }) => closed))).map(({ code }) => code)
    return { codes, ms: Date.now() - done }
  }

  async function everyEnd(bus: keyof typeof BOUND_MS) {
    const within = BOUND_MS[bus] + SLACK_MS
    const ada = await both(`Ada ${bus}`)
    const target = await id(ada.person)
    const watcher = await guest(far, `Watcher ${bus}`)
    const room = await watcher.join(slug)

    const raised = await closing(ada.sockets, () => stage.ask({ t: 'appoint', target }))
    expect(raised.codes).toEqual([4409, 4409])
    expect(raised.ms).toBeLessThan(within)
    const sockets = [await ada.person.join(slug), await ada.there.join(slug)] as const
    expect(sockets.map(({ welcome }) => welcome.you.role)).toEqual(['moderator', 'moderator'])

    const banned = await closing(sockets, () => stage.ask({ t: 'ban', target, seconds: 600 }))
    expect(banned.codes).toEqual([4403, 4403])
    expect(banned.ms).toBeLessThan(within)
    const heard = sockets.map(({ raw }) => raw.length)
    // Said after they were closed, seen by everybody else: they hear nothing more.
    await stage.ask({ t: 'say', text: `gone at last, ${bus}` })
    await room.said(`gone at last, ${bus}`)
    expect(sockets.map(({ raw }) => raw.length)).toEqual(heard)
    const refusal = await ada.there.call<{ code: string; retryAfterMs: number }>(
      'POST',
      `/api/streams/${slug}/pass`,
      {},
      403,
    )
    expect(refusal.code).toBe('banned')
    expect(refusal.retryAfterMs).toBeGreaterThan(500_000)
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(600_000)

    await stage.ask({ t: 'unban', target })
    const back = [await ada.person.join(slug), await ada.there.join(slug)] as const
    const left = await closing(back, () => ada.person.call('POST', '/api/sign-out', {}))
    expect(left.codes).toEqual([4401, 4401])
    expect(left.ms).toBeLessThan(within)
    room.close()
  }

  test('C11 with Redis up the sockets of both nodes close at once', { timeout: 60_000 }, async () => {
    await everyEnd('up')
  })

  test(
    'C11 P7 a flood that races its ban ends with the ban: nothing is accepted after it',
    { timeout: 60_000 },
    async () => {
      const { person, sockets } = await both('Flooder')
      const target = await id(person)
      let refused = 0
      const lanes = sockets.map(async (socket, lane) => {
        for (let n = 0; ; n++) {
          const answer = await socket.ask({ t: 'say', text: `flood ${lane} ${n}` }).catch(() => null)
          if (answer?.t === 'err') refused++
          if (answer?.t !== 'ok') return
        }
      })
      await stage.said('flood 0 20')
      await stage.ask({ t: 'ban', target })
      const after = await stage.ask({ t: 'say', text: 'the line' })
      await Promise.all(lanes)
      expect((await Promise.all(sockets.map(({ closed }) => closed))).map(({ code }) => code)).toEqual([
        4403, 4403,
      ])
      expect(refused).toBeLessThanOrEqual(2)
      const line = after.t === 'ok' ? (after.seq ?? 0) : 0
      const later = await stage.read('room', line, line + 99)
      expect(later.entries.map(({ event }) => event.type === 'said' && event.message.text)).toEqual([
        'the line',
      ])
    },
  )

  test('C11 with Redis gone they close by the poll', { timeout: 60_000 }, async () => {
    await redis.stop()
    await everyEnd('down')
  })

  test(
    'C12 M6 with Postgres crashed the room is read, private logs are not, and rights count again when it is back',
    { timeout: 90_000 },
    async () => {
      const ada = await both('Ada of the outage')
      const target = await id(ada.person)
      const [here, there] = ada.sockets
      const { seq = 0 } = (await here.ask({ t: 'say', text: 'before the outage' })) as { seq?: number }
      await here.ask({ t: 'whisper', text: 'for the host' })
      await there.said('before the outage')
      await cluster.crash()
      for (const socket of ada.sockets) {
        const page: Page = await socket.read('room', Math.max(1, seq - 3), seq)
        expect(page.entries.at(-1)).toMatchObject({ seq, event: { message: { text: 'before the outage' } } })
        expect(await socket.ask({ t: 'read', log: 'thread', from: 1, to: 1 })).toMatchObject({
          code: 'unavailable',
        })
        expect(await socket.ask({ t: 'say', text: 'lost' })).toMatchObject({ code: 'unavailable' })
      }
      expect(await stage.ask({ t: 'read', log: 'inbox', from: 1, to: 1 })).toMatchObject({
        code: 'unavailable',
      })
      await cluster.start()
      await expect
        .poll(async () => (await stage.ask({ t: 'ban', target })).t, { timeout: 20_000, interval: 200 })
        .toBe('ok')
      expect((await Promise.all(ada.sockets.map(({ closed }) => closed))).map(({ code }) => code)).toEqual([
        4403, 4403,
      ])
    },
  )
})

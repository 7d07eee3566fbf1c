// A hundred bans while the chat flows, on two real nodes of one Postgres: what the banned still hear, by the times at
// which it arrived. With Redis, and after it was stopped.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entries, Frame, Ok } from '../../shared/protocol/index.ts'
import { noPostgres, startCluster, urlOf, type Cluster } from './cluster.ts'
import { createPerson, type ChatSocket } from './client.ts'
import { freePort, redisInstalled, startRedis, type RedisServer } from './redis.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow } from './show.ts'

const BANS = 100
/** C21: from the answer to the ban, which comes after its commit, to the last frame a banned person hears. */
const BOUND_MS = { up: 1_000, down: 2_000 } as const

const skip = noPostgres ?? (redisInstalled ? null : 'no redis-server on this machine')

const reaching =
  (seq: number) =>
  (frame: Frame): frame is Entries =>
    frame.t === 'entries' && frame.log === 'room' && (frame.entries.at(-1)?.seq ?? 0) >= seq

describe.skipIf(skip !== null)(`two nodes${skip === null ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster
  let redis: RedisServer
  let nodes: ServerProcess[]
  let slug: string
  let host: ChatSocket
  let speakers: ChatSocket[]

  beforeAll(async () => {
    cluster = await startCluster()
    redis = await startRedis(await freePort())
    const many = '100000'
    const env = {
      DATABASE_URL: urlOf(cluster),
      REDIS_URL: redis.url,
      SESSION_KEY: 'A'.repeat(43),
      MESSAGES_PER_SECOND: many,
      CHAT_COMMANDS_PER_SECOND: many,
      GUESTS_PER_MINUTE: many,
      PASSES_PER_MINUTE: many,
      SOCKETS_PER_ADDRESS: '1000',
    }
    nodes = [await startServer({ env }), await startServer({ env })]
    const show = await openShow(nodes[0]!)
    slug = show.stream.slug
    host = await show.host.join(slug)
    speakers = await Promise.all([
      join(0, 'Near').then(({ socket }) => socket),
      join(1, 'Far').then(({ socket }) => socket),
    ])
  }, 120_000)
  afterAll(async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]()
    await redis.stop()
    await cluster.stop()
  })

  /** A guest made on the first node, connected to the one named. */
  async function join(at: number, name: string): Promise<{ id: string; socket: ChatSocket }> {
    const person = await guest(nodes[0]!, name)
    const there = createPerson(nodes[at]!.url, person.cookie())
    return { id: person.id, socket: await there.join(slug) }
  }

  /** Somebody on each node talks without a pause: the next line once their node has shown the last one. */
  function startTalking(mark: string) {
    let talking = true
    let lines = 0
    const talk = async (speaker: ChatSocket) => {
      while (talking) {
        const { seq = Infinity } = (await speaker.ask({ t: 'say', text: `${mark} ${++lines}` })) as Ok
        await speaker.seen(reaching(seq))
      }
    }
    const over = Promise.all(speakers.map(talk))
    return {
      lines: () => lines,
      async stop() {
        talking = false
        await over
      },
    }
  }

  async function banAll(redisIs: keyof typeof BOUND_MS) {
    const names = Array.from({ length: BANS }, (_, i) => i)
    const people = await Promise.all(names.map((i) => join(i % 2, `Banned ${redisIs} ${i}`)))
    const chat = startTalking(redisIs)
    const heard = (socket: ChatSocket) => socket.frames.filter(({ t }) => t === 'entries').length
    // Everybody is in the middle of it.
    await expect.poll(() => people.every(({ socket }) => heard(socket) > 3), { timeout: 10_000 }).toBe(true)
    const before = chat.lines()
    const late: number[] = []
    const closing = people.map(async ({ id, socket }) => {
      expect(await host.ask({ t: 'ban', target: id })).toMatchObject({ t: 'ok' })
      const committed = performance.now()
      expect((await socket.closed).code).toBe(4403)
      late.push(Math.max(0, socket.lastAt() - committed))
    })
    await Promise.all(closing)
    const after = chat.lines()
    // It flows on past all of them: had one been left open, it would have heard.
    await expect.poll(() => chat.lines(), { timeout: 10_000 }).toBeGreaterThan(after + 3)
    await chat.stop()
    late.sort((a, b) => a - b)
    console.info(
      `Redis ${redisIs}: ${after - before} lines during ${BANS} bans; last frame after the commit: ` +
        `p50 ${Math.round(late[BANS / 2]!)} ms, max ${Math.round(late.at(-1)!)} ms`,
    )
    expect(after).toBeGreaterThan(before)
    expect(late.filter((ms) => ms > BOUND_MS[redisIs])).toEqual([])
    expect(late).toHaveLength(BANS)
  }

  test(
    'C21 a hundred people banned while the chat flows hear nothing later than a second after the commit',
    () => banAll('up'),
    60_000,
  )

  test('C21 with Redis stopped, nothing later than two seconds after it', async () => {
    await redis.stop()
    await banAll('down')
  }, 60_000)
})

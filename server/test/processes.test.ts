// Several real processes on one port, one Postgres and one Redis: their deaths, replacements and ends.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, startCluster, urlOf, type Cluster } from './cluster.ts'
import type { ChatSocket, Person } from './client.ts'
import { freePort, redisInstalled, startRedis, type RedisServer } from './redis.ts'
import { runServer, startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow } from './show.ts'

const skip = noPostgres ?? (redisInstalled ? null : 'no redis-server on this machine')
const SLOW = 120_000
const LIMITS = {
  MESSAGES_PER_SECOND: '10000',
  CHAT_COMMANDS_PER_SECOND: '10000',
  SOCKETS_PER_ADDRESS: '1000',
  CHAT_SOCKETS_PER_PERSON: '100',
  PASSES_PER_MINUTE: '100000',
}

let cluster: Cluster
let redis: RedisServer
let shared: Record<string, string>

type Line = { msg: string; pid: number; reason?: string; stays?: number; againInMs?: number }
const linesOf = (server: ServerProcess, msg: string): Line[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.msg === msg)

/** In the order of their starts. */
const pidsOf = (server: ServerProcess) => linesOf(server, 'process.ready').map(({ pid }) => pid)

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const soon = { timeout: 30_000, interval: 50 }

/** Talks without a pause until told to stop, on whatever process answers; what got no answer goes again with the
 * same id. Answers what was acknowledged and why its sockets closed. */
async function talk(person: Person, slug: string, name: string, until: AbortSignal) {
  const acked: string[] = []
  const closes: number[] = []
  let socket: ChatSocket | null = null
  for (let n = 0; !until.aborted; n += 1) {
    const [id, text] = [randomUUID(), `${name}:${n}`]
    for (let done = false; !done;) {
      socket ??= await person.join(slug).catch(() => null)
      const answer = await socket?.ask({ t: 'say', text }, id).catch(() => null)
      done = answer?.t === 'ok'
      if (answer === null && socket) {
        closes.push((await socket.closed).code)
        socket = null
      }
    }
    acked.push(text)
  }
  socket?.close()
  return { acked, closes }
}

async function textsOf(person: Person, slug: string): Promise<(string | null)[]> {
  const socket = await person.join(slug)
  const texts: (string | null)[] = []
  for (let from = 1; ; from += 100) {
    const { entries } = await socket.read('room', from, from + 99)
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => from + i))
    for (const { event } of entries) if (event.type === 'said') texts.push(event.message.text)
    if (entries.length < 100) break
  }
  socket.close()
  return texts
}

describe.skipIf(skip !== null)(
  `two processes on one port${skip === null ? '' : ` (skipped: ${skip})`}`,
  () => {
    beforeAll(async () => {
      cluster = await startCluster()
      redis = await startRedis(await freePort())
      const common = { DATABASE_URL: urlOf(cluster), REDIS_URL: redis.url, SESSION_KEY: 'p'.repeat(43) }
      shared = { ...LIMITS, ...common, WEB_CONCURRENCY: '2' }
    })
    afterAll(async () => {
      await redis.stop()
      await cluster.stop()
    })

    test('O7 one that cannot start ends the whole with one line', { timeout: SLOW }, async () => {
      const holder = createServer()
      await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done))
      const { port } = holder.address() as { port: number }
      try {
        const env = { ...shared, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error' }
        const { code, output } = await runServer(env)
        expect(code).toBe(1)
        expect(output.trim()).toMatch(/^Stagedoor cannot start: [^\n]* in use \(PORT\)[^\n]*$/)
      } finally {
        holder.close()
      }
    })

    test('O7 one that is killed comes back; the other goes on meanwhile', { timeout: SLOW }, async () => {
      await using server = await startServer({ env: shared })
      expect(server.output().match(/Stagedoor is at/g)).toHaveLength(1)
      const [first = 0, second = 0] = pidsOf(server)
      const { stream } = await openShow(server, 'Killed')
      const person = await guest(server, 'Vic')
      // The kernel deals connections out: enough of them reach both.
      const sockets = await Promise.all(Array.from({ length: 24 }, () => person.join(stream.slug)))
      process.kill(first, 'SIGKILL')
      await expect.poll(() => linesOf(server, 'process.died').length, soon).toBe(1)
      expect(linesOf(server, 'process.died')[0]).toMatchObject({
        pid: first,
        reason: 'it was ended by SIGKILL',
        againInMs: 500,
      })
      const kept = await Promise.all(
        sockets.map((socket) => socket.ask({ t: 'say', text: 'still here' }).catch(() => null)),
      )
      expect(kept.some((answer) => answer?.t === 'ok')).toBe(true)
      await expect.poll(() => pidsOf(server).length, soon).toBe(3)
      expect(lives(second)).toBe(true)
      expect(await server.stop()).toBe(0)
      expect(pidsOf(server).filter(lives)).toEqual([])
    })

    test(
      'O9 replaced in turn under a stream of sends, nothing is lost and nothing doubled',
      { timeout: SLOW },
      async () => {
        await using server = await startServer({ env: shared })
        const { stream, host } = await openShow(server, 'Rolling')
        const people = await Promise.all(['a', 'b', 'c', 'd'].map((name) => guest(server, name)))
        const stop = new AbortController()
        const talks = people.map((person, i) => talk(person, stream.slug, `${i}`, stop.signal))
        const old = pidsOf(server)
        process.kill(server.pid, 'SIGHUP')
        await expect.poll(() => linesOf(server, 'processes.rolled').length, soon).toBe(1)
        stop.abort()
        const said = await Promise.all(talks)
        expect(old.filter(lives)).toEqual([])
        expect(pidsOf(server)).toHaveLength(4)
        // They were moved at least once, and always told so.
        expect(new Set(said.flatMap(({ closes }) => closes))).toEqual(new Set([4503]))
        const acked = said.flatMap((one) => one.acked)
        const texts = await textsOf(host, stream.slug)
        expect(acked.length).toBeGreaterThan(100)
        expect({
          lost: acked.filter((text) => !texts.includes(text)).length,
          doubled: texts.length - new Set(texts).size,
        }).toEqual({ lost: 0, doubled: 0 })
        expect(linesOf(server, 'process.died')).toEqual([])
        expect(await server.stop()).toBe(0)
      },
    )

    test('O9 when a successor cannot start the old ones stay', { timeout: SLOW }, async () => {
      await using server = await startServer({ env: shared })
      const { stream } = await openShow(server, 'Staying')
      const old = pidsOf(server)
      const above = new Client({ connectionString: urlOf(cluster) })
      await above.connect()
      try {
        // As if a newer program had been here.
        await above.query(`insert into app.migration (version, name) values (999, 'newer')`)
        process.kill(server.pid, 'SIGHUP')
        await expect.poll(() => linesOf(server, 'process.successor_failed').length, soon).toBe(1)
        const [line] = linesOf(server, 'process.successor_failed')
        expect(line).toMatchObject({
          stays: old[0],
          reason: expect.stringContaining('version 999') as string,
        })
      } finally {
        await above.query('delete from app.migration where version = 999')
        await above.end()
      }
      expect(old.map(lives)).toEqual([true, true])
      const socket = await (await guest(server, 'Sam')).join(stream.slug)
      expect(await socket.ask({ t: 'say', text: 'as ever' })).toMatchObject({ t: 'ok' })
      expect(await server.stop()).toBe(0)
    })

    test('O8 when the supervisor is killed the others say goodbye and end', { timeout: SLOW }, async () => {
      const server = await startServer({ env: shared })
      try {
        const { stream } = await openShow(server, 'Orphans')
        const person = await guest(server, 'Ora')
        const sockets = await Promise.all(Array.from({ length: 24 }, () => person.join(stream.slug)))
        await server.kill()
        const closes = await Promise.all(sockets.map(({ closed }) => closed))
        expect(new Set(closes.map(({ code }) => code))).toEqual(new Set([4503]))
        await expect.poll(() => pidsOf(server).filter(lives), soon).toEqual([])
      } finally {
        await server[Symbol.asyncDispose]()
      }
    })
  },
)

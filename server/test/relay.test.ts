// Video across real nodes: three of them on one Postgres and one Redis, then two processes of one port.
import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Delivery, StreamPage } from '../../shared/api/streams.ts'
import { createRelaySecrets } from '../adapters/relay/secrets.ts'
import { dialTcp } from '../adapters/relay/tcp.ts'
import type { NodeAddress, RelaySecrets } from '../app/relay-ports.ts'
import { systemClock } from '../adapters/system/index.ts'
import { dialLine } from '../video/relay/line.ts'
import { noPostgres, startCluster, urlOf, type Cluster } from './cluster.ts'
import { createPerson } from './client.ts'
import { complaints, hasFfmpeg, makeFootage, NO_FFMPEG } from './media/ffmpeg.ts'
import { publishAt, watchAt, type Source, type Watching } from './media/on-air.ts'
import { AVC, stretch } from './media/packets.ts'
import { freePort, redisInstalled, startRedis, type RedisServer } from './redis.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow } from './show.ts'

const missing = noPostgres ?? (redisInstalled ? (hasFfmpeg ? null : NO_FFMPEG) : 'no redis-server')
const soon = { timeout: 20_000, interval: 50 }
const SECONDS = 4
/** Clock ticks of /proc per second on Linux. */
const TICKS = 100

describe.skipIf(missing !== null)(
  `video across nodes${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'stagedoor-relay-'))
    const key = randomBytes(32)
    let postgres: Cluster
    let footage: Source
    beforeAll(async () => {
      postgres = await startCluster()
      footage = { ...makeFootage({ seconds: SECONDS }), lengthMs: SECONDS * 1_000 }
    }, 60_000)
    afterAll(async () => {
      await postgres.stop()
      rmSync(folder, { recursive: true })
    })

    const envOf = (redis: RedisServer) => ({
      DATABASE_URL: urlOf(postgres),
      SESSION_KEY: key.toString('base64url'),
      REDIS_URL: redis.url,
      RELAY_HOST: '127.0.0.1',
      SOCKETS_PER_ADDRESS: '200',
    })
    const nodesOf = async (count: number, env: Record<string, string>) => {
      const first = await startServer({ env })
      const others = Array.from({ length: count - 1 }, () => startServer({ env }))
      return [first, ...(await Promise.all(others))]
    }
    const show = async (node: ServerProcess, title: string) => {
      if (node.loginLink !== undefined) return openShow(node, title)
      throw new Error('no login link')
    }
    const saved = (name: string, pieces: readonly Uint8Array[]) => {
      const file = join(folder, name)
      writeFileSync(file, Buffer.concat(pieces))
      return file
    }
    const bytesOf = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer())
    const textOf = async (url: string) => (await fetch(url)).text()
    /** Media from the last init segment on. */
    const lastTake = ({ media }: Watching) =>
      media.slice(media.findLastIndex(({ bytes }) => bytes.subarray(4, 8).toString() === 'ftyp'))
    const watch = async (node: ServerProcess, slug: string) =>
      watchAt(node.url, await guest(node, 'Ada'), slug)

    test(
      'V29 V31 V40 three nodes: the same bytes everywhere, and on with another node when one dies, Redis or not',
      { timeout: 120_000 },
      async () => {
        const redis = await startRedis(await freePort())
        const nodes = await nodesOf(3, envOf(redis))
        const [a, b, c] = nodes as [ServerProcess, ServerProcess, ServerProcess]
        const { host, stream } = await show(a, 'Across')
        const viewers: Watching[] = []
        const first = publishAt(a.url, host.cookie(), stream.slug, footage)
        try {
          // One waits before the stream begins.
          viewers.push(await watch(b, stream.slug))
          await first.ready
          await expect.poll(() => viewers[0]?.state(), soon).toBe('live')
          // Nobody watches at this one yet; the word that the stream is live is on its way to the database.
          const pageOf = (node: ServerProcess) =>
            createPerson(node.url).call<StreamPage>('GET', `/api/streams/${stream.slug}`)
          await expect.poll(async () => (await pageOf(c)).playback.state, soon).toBe('live')
          const idle = await cpuOf(a, 3)
          viewers.push(await watch(a, stream.slug), await watch(c, stream.slug))
          const [atB, atA, atC] = viewers as [Watching, Watching, Watching]
          await expect
            .poll(() => Math.min(...viewers.map(({ media }) => media.length)), soon)
            .toBeGreaterThan(30)
          const busy = await cpuOf(a, 3)

          // Names and bytes by HLS.
          const hls = (node: ServerProcess, file: string) => `${node.url}/hls/${stream.id}/${file}`
          const playlist = await textOf(hls(b, 'plain.m3u8'))
          const names = playlist.match(/[\w-]+\.(m4s|mp4)/g) ?? []
          expect(names.length).toBeGreaterThan(4)
          for (const name of names) {
            const [one, two, three] = await Promise.all([a, b, c].map((node) => bytesOf(hls(node, name))))
            expect([name, one?.equals(two ?? one), one?.equals(three ?? one)]).toEqual([name, true, true])
          }
          const pieces = await Promise.all(names.map((name) => bytesOf(hls(c, name))))
          expect(complaints(saved('hls.mp4', pieces))).toBe('')
          expect(await textOf(hls(c, 'live.m3u8'))).toContain('#EXT-X-PART:')

          // By push: what came at one node came at the others, in the same order.
          const known = new Map(atA.media.map(({ at, bytes }) => [bytes.toString('base64'), at]))
          const extra = (viewer: Watching) =>
            viewer.media.flatMap(({ at, bytes }) => {
              const there = known.get(bytes.toString('base64'))
              return there === undefined || bytes.subarray(4, 8).toString() === 'ftyp' ? [] : [at - there]
            })
          for (const viewer of [atB, atC]) {
            expect(extra(viewer).length).toBeGreaterThan(20)
            expect(
              complaints(
                saved(
                  'push.mp4',
                  lastTake(viewer).map(({ bytes }) => bytes),
                ),
              ),
            ).toBe('')
          }
          const later = [...extra(atB), ...extra(atC)].sort((x, y) => x - y)
          console.log(
            `an edge is later by p50 ${at(later, 0.5)} ms, p95 ${at(later, 0.95)} ms; CPU of the origin: ` +
              `${idle.toFixed(1)} % with one edge, ${busy.toFixed(1)} % with two and a viewer of its own`,
          )

          // Delay reports of all nodes reach the studio.
          for (const [i, viewer] of viewers.entries()) viewer.say({ t: 'latency', ms: 500 + i })
          const samples = () => first.heard.findLast((one) => one.t === 'stats')?.latencyMs?.samples
          await expect.poll(samples, soon).toBe(3)
          const byHls = await guest(c, 'Hal')
          await byHls.call('POST', `/api/streams/${stream.slug}/delay`, { ms: 6_000 })
          await expect.poll(samples, soon).toBe(4)
          const asked = createPerson(b.url, host.cookie())
          const told = await asked.call<Delivery>('GET', `/api/streams/${stream.slug}/delivery`)
          expect(told.measured).toMatchObject({ min: 500, max: 6_000, samples: 4 })

          // A second publisher finds the first, whichever node it comes to.
          const second = publishAt(b.url, host.cookie(), stream.slug, footage)
          await expect(second.ready).rejects.toThrow('already_live')

          await redis.stop()
          await a.kill()
          first.stop()
          await expect.poll(() => [atB.state(), atC.state()], soon).toEqual(['reconnecting', 'reconnecting'])
          const old = await textOf(hls(c, 'plain.m3u8'))
          const [initsB, initsC] = [atB.inits(), atC.inits()]
          const back = publishAt(b.url, host.cookie(), stream.slug, footage)
          try {
            await back.ready
            await expect.poll(() => [atB.state(), atC.state()], soon).toEqual(['live', 'live'])
            expect([atB.inits() > initsB, atC.inits() > initsC]).toEqual([true, true])
            await expect.poll(() => lastTake(atC).length, soon).toBeGreaterThan(20)
            expect(
              complaints(
                saved(
                  'after.mp4',
                  lastTake(atC).map(({ bytes }) => bytes),
                ),
              ),
            ).toBe('')
            await expect.poll(() => textOf(hls(c, 'plain.m3u8')), soon).not.toContain(names[0])
            const number = (text: string) => Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1])
            expect(number(await textOf(hls(c, 'plain.m3u8')))).toBeGreaterThan(number(old))
            expect(viewers.filter((one) => one !== atA).map(({ closed }) => closed())).toEqual([
              undefined,
              undefined,
            ])

            // Ended at a node that neither has the publisher nor knew of it.
            await createPerson(c.url, host.cookie()).call('POST', `/api/streams/${stream.slug}/end`)
            await expect.poll(() => [atB.state(), atC.state()], soon).toEqual(['ended', 'ended'])
          } finally {
            back.stop()
          }
        } finally {
          first.stop()
          for (const viewer of viewers) viewer.close()
          for (const node of [...nodes].reverse()) await node[Symbol.asyncDispose]()
          await redis.stop()
        }
      },
    )

    test(
      'V30 V32 a node that stops reading is cut and starts over; who has another key gets nothing',
      { timeout: 90_000 },
      async () => {
        const redis = await startRedis(await freePort())
        const [a, b] = (await nodesOf(2, { ...envOf(redis), INGEST_KBPS: '900000' })) as [
          ServerProcess,
          ServerProcess,
        ]
        const host = createPerson(a.url)
        try {
          if (a.loginLink === undefined) throw new Error('no login link')
          await host.enter(a.loginLink)
          const { slug } = await host.call<{ slug: string }>('POST', '/api/streams', { title: 'Slow' })
          // 6 MB a second that looks like video from the outside.
          const packets = stretch(0, 1_000, { audio: false, size: 200_000 })
          const source = { configs: [AVC], packets, lengthMs: 1_000 }
          const studio = publishAt(a.url, host.cookie(), slug, source)
          await studio.ready
          const viewer = await watch(b, slug)
          await expect.poll(() => viewer.state(), soon).toBe('live')
          process.kill(b.pid, 'SIGSTOP')
          await expect
            .poll(() => a.output(), { timeout: 40_000, interval: 100 })
            .toContain('relay cut, too slow')
          process.kill(b.pid, 'SIGCONT')
          const before = viewer.media.length
          await expect.poll(() => viewer.media.length, soon).toBeGreaterThan(before + 20)
          studio.stop()
          viewer.close()

          const [address] = linesOf(a, 'relay listens') as NodeAddress[]
          if (!address) throw new Error('no relay')
          const meet = (secrets: RelaySecrets) =>
            new Promise<string>((resolve) => {
              const line = dialLine({ node: 'edge', clock: systemClock, secrets, dial: dialTcp }, address, {
                ready: () => line.send({ t: 'taken', stream: 'any' }),
                heard(says) {
                  resolve(`heard ${says.t}`)
                  line.close()
                },
                closed: (why) => resolve(`closed: ${why}`),
              })
            })
          const secretsOf = (bytes: Buffer) => createRelaySecrets(createSecretKey(bytes))
          const foreign = secretsOf(randomBytes(32))
          expect(await meet(secretsOf(key))).toBe('heard taken')
          expect(await meet(foreign)).toBe('closed: no proof')
          // Believes anybody, and is not believed.
          expect(await meet({ ...foreign, proves: () => true })).toBe('closed: null')
          await expect.poll(() => linesOf(a, 'relay refused'), soon).toMatchObject([{ why: 'no proof' }])
        } finally {
          process.kill(b.pid, 'SIGCONT')
          await b[Symbol.asyncDispose]()
          await a[Symbol.asyncDispose]()
          await redis.stop()
        }
      },
    )

    test(
      'V29 V31 WEB_CONCURRENCY: whichever process of a port somebody comes to, there is the picture',
      { timeout: 90_000 },
      async () => {
        const redis = await startRedis(await freePort())
        // The address that they find for themselves.
        const server = await startServer({ env: { ...envOf(redis), RELAY_HOST: '', WEB_CONCURRENCY: '2' } })
        const viewers: Watching[] = []
        try {
          const { host, stream } = await show(server, 'Both')
          const studio = publishAt(server.url, host.cookie(), stream.slug, footage)
          await studio.ready
          // The kernel chooses the process: until both have somebody.
          await expect
            .poll(async () => {
              viewers.push(await watch(server, stream.slug))
              return viewers.length > 3 && server.output().includes('"relayed"')
            }, soon)
            .toBe(true)
          for (const viewer of viewers)
            await expect.poll(() => viewer.state() === 'live' && viewer.media.length > 10, soon).toBe(true)
          studio.stop()
        } finally {
          for (const viewer of viewers) viewer.close()
          await server[Symbol.asyncDispose]()
          await redis.stop()
        }
      },
    )
  },
)

const linesOf = (server: ServerProcess, msg: string): object[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { msg: string })
    .filter((line) => line.msg === msg)

/** Per cent of a core over some seconds. */
async function cpuOf({ pid }: ServerProcess, seconds: number): Promise<number> {
  const used = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  }
  const [before, from] = [used(), performance.now()]
  await expect.poll(() => performance.now() - from, { timeout: 60_000 }).toBeGreaterThan(seconds * 1_000)
  return ((used() - before) / ((performance.now() - from) / 1_000)) * 100
}

const at = (sorted: readonly number[], share: number) =>
  (sorted[Math.floor(share * sorted.length)] ?? NaN).toFixed(1)

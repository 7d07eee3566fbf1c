// V36 with real nodes on one Postgres, and real H.264 of two sizes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StreamPage } from '../../shared/api/streams.ts'
import { createPerson } from './client.ts'
import { noPostgres, startCluster, urlOf, type Cluster } from './cluster.ts'
import { complaints, hasFfmpeg, makeFootage, NO_FFMPEG, probe } from './media/ffmpeg.ts'
import { publishAt, watchAt, type Watching } from './media/on-air.ts'
import { freePort, redisInstalled, startRedis } from './redis.ts'
import { startServer } from './server-process.ts'
import { guest, openShow } from './show.ts'

const missing = noPostgres ?? (redisInstalled ? (hasFfmpeg ? null : NO_FFMPEG) : 'no redis-server')
const soon = { timeout: 20_000, interval: 50 }
const SECONDS = 3

describe.skipIf(missing !== null)(
  `layers across nodes${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'stagedoor-relay-layers-'))
    let postgres: Cluster
    beforeAll(async () => {
      postgres = await startCluster()
    }, 60_000)
    afterAll(async () => {
      await postgres.stop()
      rmSync(folder, { recursive: true })
    })

    /** What came behind each init, as a file that can be judged. */
    const takesOf = ({ media }: Watching) => {
      const starts = media.flatMap(({ bytes }, i) => (bytes.subarray(4, 8).toString() === 'ftyp' ? [i] : []))
      return starts.map((from, i) => {
        const file = join(folder, `take-${i}.mp4`)
        writeFileSync(file, Buffer.concat(media.slice(from, starts[i + 1]).map(({ bytes }) => bytes)))
        return file
      })
    }

    test(
      'V36 a viewer at another node changes layers, and has the playlists of both',
      { timeout: 90_000 },
      async () => {
        const redis = await startRedis(await freePort())
        const env = {
          ...{ DATABASE_URL: urlOf(postgres), SESSION_KEY: randomBytes(32).toString('base64url') },
          ...{ REDIS_URL: redis.url, RELAY_HOST: '127.0.0.1', SOCKETS_PER_ADDRESS: '200' },
        }
        const a = await startServer({ env })
        const b = await startServer({ env })
        const { host, stream } = await openShow(a, 'Two sizes')
        const [large, small] = ['640x360', '320x180'].map((size) => makeFootage({ seconds: SECONDS, size }))
        const low = small!.packets.filter(({ track }) => track === 'video')
        const publisher = publishAt(a.url, host.cookie(), stream.slug, {
          configs: large!.configs,
          low: small!.configs.find(({ kind }) => kind === 'video'),
          packets: [...large!.packets, ...low.map((packet) => ({ ...packet, layer: 'low' as const }))].sort(
            (x, y) => x.ts - y.ts,
          ),
          lengthMs: SECONDS * 1_000,
        })
        const viewers: Watching[] = []
        try {
          await publisher.ready
          const pageAtB = () => createPerson(b.url).call<StreamPage>('GET', `/api/streams/${stream.slug}`)
          await expect.poll(async () => (await pageAtB()).playback.state, soon).toBe('live')
          const viewer = await watchAt(b.url, await guest(b, 'Ada'), stream.slug)
          viewers.push(viewer)
          const newest = () => viewer.says.findLast((one) => one.t === 'layers')
          await expect.poll(newest, soon).toEqual({ t: 'layers', layers: ['main', 'low'], playing: 'main' })
          for (const [i, layer] of (['low', 'main', 'low'] as const).entries()) {
            const before = viewer.media.length
            viewer.say({ t: 'layer', layer })
            await expect.poll(newest, soon).toMatchObject({ playing: layer })
            await expect
              .poll(() => [viewer.inits(), viewer.media.length > before + 12], soon)
              .toEqual([i + 2, true])
          }
          const takes = takesOf(viewer)
          expect(takes.map((file) => [probe(file).streams[0]?.width, complaints(file)])).toEqual(
            [640, 320, 640, 320].map((width) => [width, '']),
          )
          expect((await pageAtB()).playback.hls).toBe(`/hls/${stream.id}/master.m3u8`)
          const segments = async (url: string) =>
            (await (await fetch(`${url}/hls/${stream.id}/low-plain.m3u8`)).text()).match(
              /[\w-]+l-\d+\.m4s/g,
            ) ?? []
          const name = (await segments(b.url)).at(-1) ?? ''
          const bytesAt = async (url: string) =>
            Buffer.from(await (await fetch(`${url}/hls/${stream.id}/${name}`)).arrayBuffer())
          expect((await bytesAt(b.url)).equals(await bytesAt(a.url))).toBe(true)
          expect((await bytesAt(b.url)).byteLength).toBeGreaterThan(1_000)
        } finally {
          publisher.stop()
          for (const viewer of viewers) viewer.close()
          await Promise.all([a.stop(), b.stop()])
          await redis.stop()
        }
      },
    )
  },
)

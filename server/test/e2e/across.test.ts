// Players in a real browser at nodes that do not have the publisher: by push, LL-HLS and plain HLS. The node that
// has it dies, the publisher comes back to another one, and each of them goes on by itself.
import { randomBytes } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundlePage, openBench } from '../bench/video-bundle.ts'
import type { Via } from '../bench/video-page.ts'
import { noPostgres, startCluster, urlOf, type Cluster } from '../cluster.ts'
import { hasFfmpeg, makeFootage, NO_FFMPEG } from '../media/ffmpeg.ts'
import { publishAt } from '../media/on-air.ts'
import { redisInstalled, startRedis, type RedisServer } from '../redis.ts'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import { openShow } from '../show.ts'
import { chromiumMissing, launch } from './browser.ts'

const missing =
  chromiumMissing() ?? noPostgres ?? (redisInstalled ? (hasFfmpeg ? null : NO_FFMPEG) : 'no redis-server')
const patience = { timeout: 30_000, interval: 100 }
const WAYS: Via[] = ['push', 'll-hls', 'hls']
const SECONDS = 4

describe.skipIf(missing !== null)(`players across nodes${missing === null ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let redis: RedisServer
  let browser: Browser
  const nodes: ServerProcess[] = []
  beforeAll(async () => {
    cluster = await startCluster()
    redis = await startRedis(await freePort())
    browser = await launch()
    const env = {
      DATABASE_URL: urlOf(cluster),
      REDIS_URL: redis.url,
      SESSION_KEY: randomBytes(32).toString('base64url'),
      RELAY_HOST: '127.0.0.1',
    }
    for (let n = 0; n < 3; n++) nodes.push(await startServer({ env }))
  })
  afterAll(async () => {
    await browser.close()
    for (const node of nodes) await node[Symbol.asyncDispose]()
    await redis.stop()
    await cluster.stop()
  })

  const framesOf = (page: Page) =>
    page.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0)
  const moving = async (page: Page, by: number) => {
    const before = await framesOf(page)
    await expect.poll(() => framesOf(page), patience).toBeGreaterThan(before + by)
  }

  test(
    'V31 push, LL-HLS and HLS go on by themselves when the origin dies',
    { timeout: 150_000 },
    async () => {
      const [a, b, c] = nodes as [ServerProcess, ServerProcess, ServerProcess]
      const { host, stream } = await openShow(a)
      const footage = { ...makeFootage({ seconds: SECONDS }), lengthMs: SECONDS * 1_000 }
      const first = publishAt(a.url, host.cookie(), stream.slug, footage)
      const files = await bundlePage()
      await first.ready
      const live = async () => (await fetch(`${c.url}/hls/${stream.id}/plain.m3u8`)).status
      await expect.poll(live, patience).toBe(200)
      const pages = await Promise.all(
        WAYS.map(async (via) => {
          const page = await openBench(await browser.newContext(), c.url, files)
          await page.evaluate(([slug, way]) => window.bench.watch(slug, way), [stream.slug, via] as const)
          return page
        }),
      )
      for (const page of pages) await moving(page, 30)
      await a.kill()
      first.stop()
      const back = publishAt(b.url, host.cookie(), stream.slug, footage)
      try {
        await back.ready
        const prefix = async () =>
          /[\w-]+-init/.exec(await (await fetch(`${c.url}/hls/${stream.id}/plain.m3u8`)).text())?.[0]
        const old = await prefix()
        await expect.poll(prefix, patience).not.toBe(old)
        // More than what lay in their buffers from before.
        for (const [i, page] of pages.entries()) {
          await moving(page, 150)
          expect([WAYS[i], await page.evaluate(() => document.querySelector('video')?.error)]).toEqual([
            WAYS[i],
            null,
          ])
        }
      } finally {
        back.stop()
      }
    },
  )
})

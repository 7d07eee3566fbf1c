// A show in two sizes, in real Chromium: the studio's second encoder, and what becomes of its pictures.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeFrame, type Layer } from '../../../shared/media.ts'
import type { StreamPage } from '../../../shared/api/streams.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { axe, chromiumMissing, launch, openScreen, type Screen } from './browser.ts'

const missing = chromiumMissing()
/** A step waits this long for what it names. A busy machine has the small picture go, and tries it again. */
const patience = { timeout: 60_000 }

/** What a page publishes: the sizes it announces and the times of its key frames, by layer. */
function published(page: Page) {
  const sizes: Record<Layer, string[]> = { main: [], low: [] }
  const keys: Record<Layer, number[]> = { main: [], low: [] }
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const frame = typeof payload === 'string' ? undefined : decodeFrame(new Uint8Array(payload))
      if (frame?.type === 'config' && frame.config.kind === 'video')
        sizes[frame.layer].push(`${frame.config.width}x${frame.config.height}`)
      if (frame?.type === 'packet' && frame.packet.track === 'video' && frame.packet.key)
        keys[frame.layer].push(frame.packet.ts)
    }),
  )
  return { sizes, keys }
}

describe.skipIf(missing !== undefined)(
  `a show in two sizes${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let host: Screen
    let sent: ReturnType<typeof published>

    beforeAll(async () => {
      server = await startServer()
      browser = await launch()
      host = await openScreen(browser, 'desktop')
      sent = published(host.page)
      await host.page.goto(server.loginLink!)
      await host.page.getByRole('button', { name: 'Later' }).click()
      await host.page.waitForURL('**/studio')
      await host.page.getByRole('button', { name: 'Create a stream' }).click()
      await host.page.getByLabel('Title').fill('Two sizes')
      await host.page.getByRole('button', { name: 'Create the stream' }).click()
      await host.page.getByRole('link', { name: 'Watch page: Two sizes' }).waitFor(patience)
      await host.page.goto(`${server.url}/studio/two-sizes`)
    })
    afterAll(async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
    })
    const small = () => host.page.getByRole('switch', { name: 'Small picture for slow connections (360p)' })

    test('V37 the studio sends a small picture beside the main one, with the same key frames', async () => {
      await small().check(patience)
      expect(await axe(host.page)).toEqual([])
      await host.page.getByRole('button', { name: 'Go live' }).click(patience)
      await host.page.getByText('720p + 360p').waitFor(patience)
      await expect.poll(() => sent.keys.low.length, patience).toBeGreaterThan(1)
      expect(sent.sizes.main).toEqual(['1280x720'])
      expect(new Set(sent.sizes.low)).toEqual(new Set(['640x360']))
      // Both take the same frames at the same time, but either may be through with one first.
      const twin = (ts: number) => sent.keys.main.some((one) => Math.abs(one - ts) < 1)
      await expect.poll(() => sent.keys.low.every(twin), patience).toBe(true)
    })

    /** The sizes that the playlists of either kind name, once they are masters. */
    async function named(): Promise<string[][]> {
      const { playback } = (await (await fetch(`${server.url}/api/streams/two-sizes`)).json()) as StreamPage
      const texts = [playback.hls, playback.hlsPlain].map(async (path) => {
        const master = await (await fetch(new URL(path, server.url))).text()
        return [...master.matchAll(/RESOLUTION=(\d+x\d+)/g)].map((match) => match[1]!)
      })
      return Promise.all(texts)
    }
    const bothSizes = ['1280x720', '640x360']

    test('V37 both sizes are in the playlists that viewers get', async () => {
      await expect.poll(named, patience).toEqual([bothSizes, bothSizes])
    })

    test('V37 switched off it stops, and stays off on this device', async () => {
      await small().uncheck()
      await host.page.getByText('720p + 360p').waitFor({ ...patience, state: 'detached' })
      const before = sent.keys.low.length
      const main = sent.keys.main.length
      await expect.poll(() => sent.keys.main.length, patience).toBeGreaterThan(main + 1)
      expect(sent.keys.low.length).toBe(before)
      await expect.poll(named, patience).toEqual([[], []])
      expect(await host.page.evaluate(() => localStorage.getItem('stagedoor:low'))).toBe('off')
      expect(host.errors).toEqual([])
    })
  },
)

// Two sizes of a picture, and a phone whose line gets narrow and wide again.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFootage, hasFfmpeg, NO_FFMPEG } from '../media/ffmpeg.ts'
import { publishAt, type Source } from '../media/on-air.ts'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import { openShow } from '../show.ts'
import { chromiumMissing, launch, openScreen, pictureMoves, type Screen } from './browser.ts'
import { faults, listen } from './page-rules.ts'
import { startRelay, type Relay } from './relay.ts'

const missing = chromiumMissing() ?? (hasFfmpeg ? undefined : NO_FFMPEG)
const patience = { timeout: 20_000 }
/** 720p wants 2.2 Mbit/s, 360p 0.5. */
const NARROW = 900_000 / 8

function bothLayers(): Source {
  const lengthMs = 4_000
  const main = makeFootage({ size: '1280x720', kbps: 2_200 })
  const low = makeFootage({ size: '640x360', kbps: 400 })
  const pictures = low.packets
    .filter(({ track }) => track === 'video')
    .map((packet) => ({ ...packet, layer: 'low' as const }))
  const within = main.packets.filter(({ ts, dur }) => ts + dur <= lengthMs)
  return {
    configs: main.configs,
    low: low.configs.find(({ kind }) => kind === 'video'),
    packets: [...within, ...pictures].sort((a, b) => a.ts - b.ts),
    lengthMs,
  }
}

describe.skipIf(missing !== undefined)(
  `two sizes of a picture${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let line: Relay
    let phone: Screen
    let studio: ReturnType<typeof publishAt>

    beforeAll(async () => {
      const port = await freePort()
      line = await startRelay(() => port)
      server = await startServer({ port, env: { ALLOWED_ORIGINS: line.url } })
      browser = await launch()
      phone = await openScreen(browser, 'phone')
      listen(phone, /^$/)
      const { host, stream } = await openShow(server)
      studio = publishAt(server.url, host.cookie(), stream.slug, bothLayers())
      await studio.ready
      await phone.page.goto(`${line.url}/watch/${stream.slug}`)
    }, 60_000)
    afterAll(async () => {
      studio.stop()
      await browser.close()
      await line.close()
      await server[Symbol.asyncDispose]()
    })

    test(
      'V38 a viewer whose line gets narrow soon sees 360p without a stall, and later 720p without a jump',
      { timeout: 90_000 },
      async () => {
        const { page } = phone
        await expect.poll(() => pictureMoves(page), patience).toBe(true)
        await expect.poll(() => heightOf(page), patience).toBe(720)
        await page.getByRole('button', { name: 'Quality: Auto (720p)' }).waitFor(patience)
        line.limit(NARROW)
        await page.getByRole('button', { name: 'Quality: Auto (360p), slow connection' }).waitFor(patience)
        expect(await heightOf(page)).toBe(360)
        await expect.poll(() => pictureMoves(page), patience).toBe(true)
        await watchMotion(page)
        // A socket that was closed is through only when what it had on its way is.
        await expect.poll(async () => (await motion(page)).calm, patience).toBeGreaterThan(8)
        expect(await heightOf(page)).toBe(360)
        await forget(page)
        line.limit(null)
        await expect.poll(() => heightOf(page), { timeout: 40_000 }).toBe(720)
        const changed = (await motion(page)).calm
        await expect.poll(async () => (await motion(page)).calm, patience).toBeGreaterThan(changed + 3)
        expect((await motion(page)).jumps).toEqual([])
      },
    )

    test('V38 the size is chosen in a menu, by keyboard, and kept for the visit', async () => {
      line.limit(null)
      const { page } = phone
      const button = page.getByRole('button', { name: /^Quality: / })
      const item = (name: string) => page.getByRole('menuitemradio', { name })
      await button.focus()
      await page.keyboard.press('Enter')
      await expect.poll(() => item('Auto (720p)').getAttribute('aria-checked')).toBe('true')
      await item('High 720p').waitFor(patience)
      expect(await faults(page)).toEqual([])
      await page.keyboard.press('ArrowUp')
      await expect.poll(() => item('Low 360p').evaluate((one) => one === document.activeElement)).toBe(true)
      await page.keyboard.press('Escape')
      expect(await page.getByRole('menu').count()).toBe(0)
      await page.keyboard.press('Enter')
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Quality: 360p', exact: true }).waitFor(patience)
      expect(await page.evaluate(() => document.activeElement?.outerHTML)).toContain('Quality: 360p')
      await page.reload()
      await page.getByRole('button', { name: 'Quality: 360p', exact: true }).waitFor(patience)
      expect(await heightOf(page)).toBe(360)
      await page.getByRole('button', { name: /^Quality: / }).click()
      await item('High').click()
      await expect.poll(() => heightOf(page), patience).toBe(720)
      expect(phone.errors).toEqual([])
    })

    test('V38 by HLS the same menu chooses among what the playlist names', async () => {
      const screen = await openScreen(browser, 'desktop')
      const { page } = screen
      await page.routeWebSocket('**/push', (socket) => socket.close())
      await page.goto(new URL(phone.page.url()).pathname.replace(/^/, server.url))
      await expect.poll(() => pictureMoves(page), patience).toBe(true)
      await page.getByRole('button', { name: /^Quality: Auto/ }).click(patience)
      await page.getByRole('menuitemradio', { name: 'Low 360p' }).click()
      await expect.poll(() => heightOf(page), patience).toBe(360)
      await page.getByRole('button', { name: /^Quality: 360p/ }).click()
      await page.getByRole('menuitemradio', { name: 'High 720p' }).click()
      await expect.poll(() => heightOf(page), patience).toBe(720)
      expect(await pictureMoves(page)).toBe(true)
      await screen.context.close()
    })
  },
)

const heightOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector('video')?.videoHeight ?? 0)

/** `calm`: seconds of video since the picture last stood still for want of media. `jumps`: where the next picture was
 * not the next. */
type Motion = { calm: number; jumps: number[] }

const watchMotion = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const video = document.querySelector('video')
    if (!video) throw new Error('no video')
    const seen: Motion & { from: number | undefined } = { calm: 0, jumps: [], from: undefined }
    Object.assign(globalThis, { seen })
    let last: number | undefined
    const look = (_: number, { mediaTime }: { mediaTime: number }): void => {
      seen.from ??= mediaTime
      // More than a machine leaves out that has better things to do.
      if (last !== undefined && (mediaTime < last - 0.05 || mediaTime > last + 1))
        seen.jumps.push(mediaTime - last)
      last = mediaTime
      seen.calm = mediaTime - seen.from
      video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    video.addEventListener('waiting', () => {
      if (!video.seeking) seen.from = undefined
    })
  })
const forget = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      void Object.assign((globalThis as unknown as { seen: object }).seen, { from: undefined, jumps: [] }),
  )
const motion = (page: Page): Promise<Motion> =>
  page.evaluate(() => (globalThis as unknown as { seen: Motion }).seen)

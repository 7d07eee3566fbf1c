// A stream from an encoder in real browsers: the host reads the address and the key on a phone, ffmpeg calls, and a
// watch page plays what comes, pushed.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encode, type Encoder } from '../encoder.ts'
import { hasFfmpeg, NO_FFMPEG } from '../media/ffmpeg.ts'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import { openShow, type Show } from '../show.ts'
import { axe, chromiumMissing, launch, openScreen, pictureMoves, type Screen } from './browser.ts'

const missing = chromiumMissing() ?? (hasFfmpeg ? undefined : NO_FFMPEG)
const patience = { timeout: 20_000 }

describe.skipIf(missing !== undefined)(`an encoder${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: ServerProcess
  let browser: Browser
  let show: Show
  let host: Screen
  let viewer: Screen
  let encoder: Encoder | undefined
  const asked: string[] = []
  beforeAll(async () => {
    server = await startServer({ env: { RTMP_PORT: String(await freePort()) } })
    browser = await launch()
    show = await openShow(server)
    host = await openScreen(browser, 'phone')
    viewer = await openScreen(browser, 'phone')
    viewer.page.on('request', (request) => asked.push(request.url()))
    const [name = '', value = ''] = show.host.cookie().split('=')
    await host.context.addCookies([{ name, value, url: server.url }])
    await viewer.page.goto(`${server.url}/watch/${show.stream.slug}`)
  })
  afterAll(async () => {
    await encoder?.stop()
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  test('V11 the studio hides the key until it is asked for', async () => {
    const { page } = host
    await page.goto(`${server.url}/studio/${show.stream.slug}`)
    await page.getByText('Stream with OBS or another encoder').click(patience)
    const key = page.getByLabel('Stream key', { exact: true })
    await key.waitFor(patience)
    expect(await key.getAttribute('type')).toBe('password')
    await page.getByRole('button', { name: 'Show' }).click()
    expect(await key.getAttribute('type')).toBe('text')
    expect(await key.inputValue()).toContain(show.stream.id)
    await page.getByText('Waiting for an encoder.').waitFor(patience)
    expect(await axe(page)).toEqual([])
  })

  test('V10 what the encoder sends is pushed to the watch page and moves; the studio says how it goes', async () => {
    const { page } = host
    const server = await page.getByLabel('Server', { exact: true }).first().inputValue()
    encoder = encode(`${server}/${await page.getByLabel('Stream key', { exact: true }).inputValue()}`)
    await expect.poll(() => pictureMoves(viewer.page), patience).toBe(true)
    expect(asked.filter((url) => url.includes('.m3u8'))).toEqual([])
    await page.getByText('Your encoder is live').waitFor(patience)
    await page
      .getByText(/Receiving [\d,]+ kbit\/s, (29|30|31) fps, 320×180/)
      .first()
      .waitFor(patience)
    expect(await page.getByRole('button', { name: 'Go live' }).count()).toBe(0)
    await page.getByRole('button', { name: 'End stream' }).waitFor(patience)
    expect(await axe(page)).toEqual([])
  })

  test(
    'V40 a viewer by HLS measures its delay, and the studio shows it with that of the one by push',
    { timeout: 90_000 },
    async () => {
      const late = await openScreen(browser, 'phone')
      const reports: string[] = []
      late.page.on('request', (one) => one.url().endsWith('/delay') && reports.push(one.postData() ?? ''))
      await late.page.routeWebSocket(/\/push$/, (line) => line.close())
      await late.page.goto(`${server.url}/watch/${show.stream.slug}`)
      const told = host.page.getByText(/^Your audience is [\d.]+ to [\d.]+ s behind, measured by 2\b/)
      await told.waitFor({ timeout: 60_000 })
      const [, least, most] = /([\d.]+) to ([\d.]+) s/.exec((await told.textContent()) ?? '') ?? []
      // What lay between them when it was said, in the words of the studio.
      expect(reports.map((body) => ((JSON.parse(body) as { ms: number }).ms / 1_000).toFixed(1))).toContain(
        most,
      )
      expect(Number(most)).toBeGreaterThan(Number(least))
      expect(late.errors).toEqual([])
      await late.context.close()
    },
  )

  test('V13 the studio adds another service, shows how it goes, and removes it', async () => {
    const { page } = host
    await page.getByText('Also send it to other services').click(patience)
    await page.getByLabel('Name', { exact: true }).fill('Elsewhere', patience)
    await page.getByLabel('Server', { exact: true }).last().fill('https://not.rtmp/app')
    await page.getByLabel('Their stream key').fill('their-key')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('It must look like rtmps://host/app.').waitFor(patience)
    // A private address, which this server does not dial.
    await page.getByLabel('Server', { exact: true }).last().fill('rtmp://127.0.0.1/app')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('Trying again: It is an address of a private network').waitFor(patience)
    expect(await page.getByLabel('Their stream key').inputValue()).toBe('')
    expect(await axe(page)).toEqual([])
    await page.getByRole('button', { name: 'Remove Elsewhere' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
    await page.getByRole('button', { name: 'Remove Elsewhere' }).waitFor({ ...patience, state: 'detached' })
    expect(host.received.join()).not.toContain('their-key')
  })

  test('V11 a reset in the studio cuts the encoder off, and says so', async () => {
    const { page } = host
    const key = page.getByLabel('Stream key', { exact: true })
    const former = await key.inputValue()
    await page.getByRole('button', { name: 'Reset the key' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Reset the key' }).click()
    await page.getByText('The stream key was reset.').waitFor(patience)
    await expect.poll(() => key.inputValue()).not.toBe(former)
    await encoder?.ended
    expect([...host.errors, ...viewer.errors]).toEqual([])
  })
})

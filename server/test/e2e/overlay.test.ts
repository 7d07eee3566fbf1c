// The overlay in a real browser: made in the studio on a phone, drawn on nothing, and blank without a word when its
// link ends.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OverlayLink } from '../../../shared/api/overlay.ts'
import type { Ok } from '../../../shared/protocol/index.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { guest, openShow, type Show } from '../show.ts'
import type { ChatSocket } from '../client.ts'
import { chromiumMissing, launch, openScreen, type Screen } from './browser.ts'

const missing = chromiumMissing()
const patience = { timeout: 20_000 }
const MARKUP = '<img src=x onerror=alert(1)> https://stage.example 🎭'

describe.skipIf(missing !== undefined)(`the overlay${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: ServerProcess
  let browser: Browser
  let show: Show
  let ada: ChatSocket
  let host: ChatSocket
  let screen: Screen
  beforeAll(async () => {
    server = await startServer({ env: { MESSAGES_PER_SECOND: '100' } })
    browser = await launch()
    show = await openShow(server)
    host = await show.host.join(show.stream.slug)
    ada = await (await guest(server, 'Ada')).join(show.stream.slug)
    screen = await openScreen(browser, 'desktop')
  })
  afterAll(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  const link = async () =>
    (await show.host.call<OverlayLink>('POST', `/api/streams/${show.stream.slug}/overlay-key`, {})).url
  const said = async (socket: ChatSocket, text: string) =>
    ((await socket.ask({ t: 'say', text })) as Ok).id ?? ''
  const inView = (page: Page) => page.locator('body').innerText()
  const goes = (page: Page, text: string) => page.getByText(text).waitFor({ ...patience, state: 'detached' })
  async function asHost({ context }: Screen) {
    const [name = '', value = ''] = show.host.cookie().split('=')
    await context.addCookies([{ name, value, url: server.url }])
  }

  test('P36 it draws the public chat on nothing, in the host’s browser too', async () => {
    await asHost(screen)
    const { page } = screen
    await ada.ask({ t: 'whisper', text: 'for the host alone' })
    await said(ada, MARKUP)
    const gone = await said(ada, 'said too soon')
    await said(host, 'Welcome')
    await page.goto(await link())
    await page.getByText('Welcome').waitFor(patience)
    expect(await inView(page)).toContain(MARKUP)
    expect(await page.locator('a, img, button, input').count()).toBe(0)
    expect(await page.locator('.role').allInnerTexts()).toEqual(['Host'])
    const painted = await page.evaluate(() =>
      [document.documentElement, document.body].map((part) => {
        const { backgroundColor, backgroundImage, colorScheme } = getComputedStyle(part)
        return [backgroundColor, backgroundImage, colorScheme]
      }),
    )
    expect(painted).toEqual(Array(2).fill(['rgba(0, 0, 0, 0)', 'none', 'normal']))
    await host.ask({ t: 'delete', target: gone })
    await goes(page, 'said too soon')
    expect(await inView(page)).not.toContain('for the host alone')
    expect(screen.received.join('\n')).not.toContain('for the host alone')
    await page.reload()
    await page.getByText('Welcome').waitFor(patience)
  })

  test('a message fades after its time', async () => {
    const { page } = screen
    await page.goto((await link()).replace('#', '?fade=1#'))
    await said(host, 'not for long')
    await page.getByText('not for long').waitFor(patience)
    await goes(page, 'not for long')
  })

  test('P37 when its link is replaced it goes blank, and says why to nobody but who asks', async () => {
    const url = await link()
    await screen.page.goto(url)
    await screen.page.getByText('Welcome').waitFor(patience)
    const asks = await openScreen(browser, 'desktop')
    await asks.page.goto(url.replace('#', '?debug=1#'))
    await asks.page.getByText('Welcome').waitFor(patience)
    expect(await asks.page.locator('.trouble').innerText()).toBe('')
    await link()
    await goes(screen.page, 'Welcome')
    await asks.page.getByText('Overlay: refused').waitFor(patience)
    expect((await inView(screen.page)).trim()).toBe('')
    expect(screen.errors).toEqual([])
    await asks.context.close()
  })

  test('the studio makes the link, shows it once, replaces and removes it', async () => {
    const phone = await openScreen(browser, 'phone')
    await asHost(phone)
    const { page } = phone
    await show.host.call('DELETE', `/api/streams/${show.stream.slug}/overlay-key`)
    await page.goto(`${server.url}/studio/${show.stream.slug}`)
    await page.getByText('Overlay for OBS').click(patience)
    await page.getByRole('button', { name: 'Make a link' }).click(patience)
    const field = page.getByLabel('Link of the overlay')
    const url = await field.inputValue(patience)
    expect(url).toContain(`/overlay/${show.stream.slug}#`)
    await screen.page.goto(url)
    await screen.page.getByText('Welcome').waitFor(patience)
    await page.getByRole('button', { name: 'Replace the link' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Replace the link' }).click()
    await goes(screen.page, 'Welcome')
    const second = await field.inputValue(patience)
    expect(second).not.toBe(url)
    await page.reload()
    await page.getByText('Overlay for OBS').click(patience)
    await page.getByText('There is a link already').waitFor(patience)
    expect(await field.count()).toBe(0)
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the link' }).click()
    await page.getByRole('button', { name: 'Make a link' }).waitFor(patience)
    expect(phone.errors).toEqual([])
  })
})

// Hostile words in every place that shows words: they stay words. A dialog of the browser would be the proof of
// the opposite, and so would an element that nobody of us wrote.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type ServerProcess } from '../server-process.ts'
import { chromiumMissing, launch, openScreen, type Screen } from './browser.ts'

const missing = chromiumMissing()
const patience = { timeout: 20_000 }
const TITLE = '<svg onload=alert(1)>Night & day</svg>'
const NAME = '<b onclick=alert(1)>Eve</b>'
const LINES = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1) and [text](javascript:alert(1))',
  '"><a href="javascript:alert(1)" autofocus onfocus=alert(1)>here</a>',
]
const LINKS = 'https://stage.example/a?b=<c>"d and http://stage.example/plain'

describe.skipIf(missing !== undefined)(
  `markup is text${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let host: Screen
    let viewer: Screen
    const dialogs: string[] = []

    beforeAll(async () => {
      server = await startServer({ env: { MESSAGES_PER_SECOND: '1000' } })
      browser = await launch()
      host = await openScreen(browser, 'desktop')
      viewer = await openScreen(browser, 'phone')
      for (const { page } of [host, viewer])
        page.on('dialog', (dialog) => {
          dialogs.push(dialog.message())
          dialog.dismiss().catch(() => undefined)
        })
    })
    afterAll(async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
    })

    test('a title is shown as it was typed, on every page', async () => {
      const { page } = host
      await page.goto(server.loginLink!)
      await page.getByRole('button', { name: 'Later' }).click(patience)
      await page.getByRole('button', { name: 'Create a stream' }).click(patience)
      await page.getByLabel('Title').fill(TITLE)
      await page.getByLabel('Description').fill(LINES[0]!)
      await page.getByLabel('Address').fill('night')
      await page.getByRole('button', { name: 'Create the stream' }).click()
      await page.getByRole('heading', { name: TITLE }).waitFor(patience)
      await page.goto(`${server.url}/studio/night`)
      await page.getByRole('heading', { name: TITLE }).waitFor(patience)
      await viewer.page.goto(`${server.url}/watch/night`)
      await viewer.page.getByRole('heading', { name: TITLE }).waitFor(patience)
      expect(await viewer.page.title()).toContain(TITLE)
    })

    test('what is said in the chat, in a reply, in the pin and in private', async () => {
      const { page } = viewer
      // Before the chat has said who one is, nobody is asked for a name.
      await page.getByText('No messages yet').waitFor(patience)
      for (const [index, line] of LINES.entries()) {
        await say(page, line)
        if (index > 0) continue
        await page.getByLabel('Your name in this chat').fill(NAME)
        await page.keyboard.press('Enter')
        await shows(page, line)
      }
      for (const line of LINES) for (const screen of [viewer, host]) await shows(screen.page, line)
      for (const screen of [viewer, host]) await shows(screen.page, NAME)
      await act(host.page, LINES[0]!, 'Reply')
      await say(host.page, 'An answer')
      await act(host.page, LINES[0]!, 'Pin')
      await page.getByRole('region', { name: 'Pinned message' }).getByText(LINES[0]!).waitFor(patience)
      await page.getByRole('tab', { name: 'To host' }).click()
      await say(page, LINES[5]!)
      await shows(page, LINES[5]!)
      await host.page.getByRole('tab', { name: /Private/ }).click()
      await host.page
        .getByRole('list', { name: 'Private conversations' })
        .getByText(LINES[5]!)
        .waitFor(patience)
      for (const screen of [viewer, host]) expect(await strangers(screen.page)).toEqual([])
    })

    test('a link leads out safely, and only a web address is a link', async () => {
      const { page } = viewer
      await page.getByRole('tab', { name: 'Chat' }).click()
      await say(page, LINKS)
      const line = page.getByRole('listitem').filter({ hasText: 'http://stage.example/plain' })
      await expect.poll(() => line.getByRole('link').count(), patience).toBe(2)
      const links = await page
        .getByRole('list', { name: 'Messages' })
        .getByRole('link')
        .evaluateAll((all) => all.map((a) => ['href', 'rel', 'target'].map((name) => a.getAttribute(name))))
      for (const [href, rel, target] of links) {
        expect(href).toMatch(/^https?:\/\//)
        expect([rel, target]).toEqual(['noopener nofollow ugc', '_blank'])
      }
    })

    test('no page asked, threw or ran anything', () => {
      expect(dialogs).toEqual([])
      expect([host, viewer].flatMap(({ errors }) => errors)).toEqual([])
    })
  },
)

async function say(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^(Message everyone|Privately to)/ })
  await composer.fill(text)
  await composer.press('Enter')
}

const shows = (page: Page, text: string) =>
  page.getByRole('list', { name: 'Messages' }).getByText(text, { exact: true }).first().waitFor(patience)

async function act(page: Page, text: string, action: string): Promise<void> {
  const row = page.getByRole('listitem').filter({ hasText: text }).first()
  await row.hover()
  await row.getByRole('button', { name: /^Actions/ }).click()
  await row.getByRole('button', { name: action, exact: true }).click()
}

/** Elements with a handler in their markup, pictures, frames, and addresses that run something. */
const strangers = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter(
        (element) =>
          [...element.attributes].some(
            ({ name, value }) => name.startsWith('on') || /^\s*(javascript|data|vbscript):/i.test(value),
          ) || element.matches('img, iframe, object, embed, body script'),
      )
      .map((element) => element.outerHTML),
  )

// A whole show in real browsers: a host with a camera, three viewers on phones, and everything they do.
import { setTimeout as pass } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import { chromiumMissing, launch, openScreen, pictureMoves, type Screen } from './browser.ts'
import { startRelay, type Relay } from './relay.ts'

const missing = chromiumMissing()
const SECRET = 'Meet me at the stage door, 7f3a9c'
const ANSWER = 'The key is under the mat, 51be02'
/** A step waits this long for what it names. */
const patience = { timeout: 20_000 }

describe.skipIf(missing !== undefined)(
  `a show${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let hostLine: Relay
    let adaLine: Relay
    let host: Screen
    let ada: Screen
    let bo: Screen
    let cy: Screen
    const watchPath = '/watch/opening-night'

    beforeAll(async () => {
      const port = await freePort()
      hostLine = await startRelay(() => port)
      adaLine = await startRelay(() => port)
      server = await startServer({ port, env: { ALLOWED_ORIGINS: `${hostLine.url},${adaLine.url}` } })
      browser = await launch()
      host = await openScreen(browser, 'desktop')
      ;[ada, bo, cy] = [
        await openScreen(browser, 'phone'),
        await openScreen(browser, 'phone'),
        await openScreen(browser, 'phone'),
      ]
    })
    afterAll(async () => {
      await browser.close()
      await Promise.all([hostLine.close(), adaLine.close()])
      await server[Symbol.asyncDispose]()
    })

    test('I1 the printed link lets the host in, who creates a stream', async () => {
      const { page } = host
      await page.goto(server.loginLink!.replace(server.url, hostLine.url))
      await page.getByRole('button', { name: 'Later' }).click()
      await page.waitForURL('**/studio')
      await page.getByRole('button', { name: 'Create a stream' }).click()
      await page.getByLabel('Title').fill('Opening night')
      await page.getByRole('button', { name: 'Create the stream' }).click()
      await page.getByRole('link', { name: 'Watch page: Opening night' }).waitFor(patience)
    })

    test('a watch page exists before the show, and its chat is open', async () => {
      await bo.page.goto(server.url + watchPath)
      await bo.page.getByRole('textbox', { name: 'Message everyone' }).waitFor(patience)
      expect(await bo.page.title()).toContain('Opening night')
    })

    test('V1 the host goes live with the camera; the picture is decoded and moves on three phones', async () => {
      const { page } = host
      await page.goto(`${hostLine.url}/studio/opening-night`)
      await page.getByRole('button', { name: 'Go live' }).click(patience)
      await Promise.all([ada.page.goto(adaLine.url + watchPath), cy.page.goto(server.url + watchPath)])
      for (const viewer of [ada, bo, cy])
        await expect.poll(() => pictureMoves(viewer.page), patience).toBe(true)
      await page.getByText('3', { exact: false }).first().waitFor(patience)
    })

    test('L3 public chat reaches every screen', async () => {
      await say(bo.page, 'Good evening from Bo', 'Bo')
      await say(cy.page, 'Cy is here too', 'Cy')
      await say(host.page, 'Welcome, all')
      for (const { page } of [host, ada, bo, cy])
        for (const line of ['Good evening from Bo', 'Cy is here too', 'Welcome, all']) await shows(page, line)
    })

    test('P1 a private message is on the screens of its two people and reaches no other page', async () => {
      await ada.page.getByRole('tab', { name: 'To host' }).click()
      await say(ada.page, SECRET, 'Ada')
      await shows(ada.page, SECRET)
      await host.page.getByRole('tab', { name: /Private/ }).click()
      await host.page
        .getByRole('list', { name: 'Private conversations' })
        .getByRole('button')
        .first()
        .click(patience)
      await shows(host.page, SECRET)
      await say(host.page, ANSWER)
      await shows(ada.page, ANSWER)
      for (const other of [bo, cy]) {
        const content = (await other.page.content()) + other.received.join('\n')
        expect(content).not.toContain('7f3a9c')
        expect(content).not.toContain('51be02')
      }
      // The scan sees what is there: the same words are in what the two received.
      expect(ada.received.join('\n')).toContain('51be02')
      expect(host.received.join('\n')).toContain('7f3a9c')
      await ada.page.getByRole('tab', { name: 'Chat' }).click()
      await host.page.getByRole('tab', { name: 'Chat' }).click()
    })

    test('N1 pin A, pin B leaves only B, unpin clears', async () => {
      await act(host.page, 'Good evening from Bo', 'Pin')
      for (const { page } of [ada, bo, cy]) await pinShows(page, 'Good evening from Bo')
      await act(host.page, 'Cy is here too', 'Pin')
      for (const { page } of [host, ada, bo, cy]) {
        await pinShows(page, 'Cy is here too')
        expect(await page.getByRole('region', { name: 'Pinned message' }).count()).toBe(1)
      }
      await host.page.getByRole('button', { name: 'Unpin' }).first().click()
      for (const { page } of [host, ada, bo, cy])
        await page.getByRole('region', { name: 'Pinned message' }).waitFor({ ...patience, state: 'detached' })
    })

    test('N2 reactions count as totals on every screen', async () => {
      for (const { page } of [bo, cy]) await page.getByRole('button', { name: /^Applause/ }).click()
      for (const { page } of [host, ada])
        await page.getByRole('button', { name: 'Applause, 2' }).waitFor(patience)
    })

    test(
      'C3 a viewer without network for 10 s catches up without a gap or a double',
      { timeout: 60_000 },
      async () => {
        await ada.context.setOffline(true)
        adaLine.cut()
        const lines = Array.from({ length: 6 }, (_, i) => `While you were away ${i}`)
        const away = pass(10_000)
        for (const line of lines) {
          await say(bo.page, line)
          await shows(cy.page, line)
        }
        await away
        adaLine.mend()
        await ada.context.setOffline(false)
        for (const line of lines) await shows(ada.page, line)
        await ada.page.getByText(/Caught up, \d+ messages/).waitFor(patience)
        expect(await messagesOf(ada.page)).toEqual(await messagesOf(cy.page))
        await expect.poll(() => pictureMoves(ada.page), patience).toBe(true)
      },
    )

    test(
      'V3 the publisher drops for 5 s and the picture comes back by itself',
      { timeout: 90_000 },
      async () => {
        hostLine.cut()
        await cy.page
          .getByText(/connection dropped|back in a moment|hold on/i)
          .first()
          .waitFor(patience)
        await pass(5_000)
        hostLine.mend()
        for (const viewer of [ada, bo, cy])
          await expect.poll(() => pictureMoves(viewer.page), { timeout: 30_000 }).toBe(true)
        await shows(host.page, 'Welcome, all')
      },
    )

    test('V1 the host ends the show and every page says so', async () => {
      await host.page.getByRole('button', { name: 'End stream' }).click(patience)
      await host.page.getByRole('dialog').getByRole('button', { name: 'End stream' }).click()
      for (const { page } of [ada, bo, cy])
        await page
          .getByText(/is over|has ended|ended/i)
          .first()
          .waitFor(patience)
    })

    test('no page threw', () => {
      expect([host, ada, bo, cy].flatMap(({ errors }) => errors)).toEqual([])
    })
  },
)

/** Types a line and sends it; a guest is asked for a name once. */
async function say(page: Page, text: string, name?: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^(Message everyone|Privately to)/ })
  await composer.fill(text)
  await composer.press('Enter')
  const prompt = page.getByLabel('Your name in this chat')
  if (name === undefined) return
  await prompt.fill(name)
  await prompt.press('Enter')
  await shows(page, text)
}

const row = (page: Page, text: string) =>
  page.getByRole('list', { name: 'Messages' }).getByText(text, { exact: true })
const shows = (page: Page, text: string) => row(page, text).first().waitFor(patience)
const pinShows = (page: Page, text: string) =>
  page.getByRole('region', { name: 'Pinned message' }).getByText(text).waitFor(patience)

/** Opens the actions of a message and presses one. */
async function act(page: Page, text: string, action: string): Promise<void> {
  const item = page
    .getByRole('list', { name: 'Messages' })
    .getByRole('listitem')
    .filter({ hasText: text })
    .first()
  await item.hover()
  await item.getByRole('button', { name: /^Actions/ }).click()
  await item.getByRole('button', { name: action, exact: true }).click()
}

/** Texts in the order they are shown. */
const messagesOf = (page: Page): Promise<string[]> => page.locator('.chat-lines .chat-text').allInnerTexts()

// A whole show without a mouse: everything that a viewer and a host do is reached by Tab and arrows, the focus is
// always seen, and it is never lost when what had it goes away.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type ServerProcess } from '../server-process.ts'
import { chromiumMissing, launch, openScreen, type Screen } from './browser.ts'
import { hasFocus, tabTo } from './focus.ts'

const missing = chromiumMissing()
const patience = { timeout: 20_000 }

describe.skipIf(missing !== undefined)(
  `by keyboard alone${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let host: Screen
    let viewer: Screen

    beforeAll(async () => {
      server = await startServer({ env: { MESSAGES_PER_SECOND: '1000' } })
      browser = await launch()
      host = await openScreen(browser, 'desktop')
      viewer = await openScreen(browser, 'desktop')
    })
    afterAll(async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
    })

    test('the host enters and creates a stream', async () => {
      const { page } = host
      await page.goto(server.loginLink!)
      await page.getByRole('heading', { name: 'You are in' }).waitFor(patience)
      await tabTo(page, page.getByRole('button', { name: 'Later' }))
      await page.keyboard.press('Enter')
      const create = page.getByRole('button', { name: 'Create a stream' })
      await create.waitFor(patience)
      await tabTo(page, create)
      await page.keyboard.press('Enter')
      await tabTo(page, page.getByRole('dialog').getByLabel('Title'))
      await page.keyboard.type('Opening night')
      await page.keyboard.press('Enter')
      const golive = page.getByRole('link', { name: 'Go live: Opening night' })
      await golive.waitFor(patience)
      await tabTo(page, golive, 4)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/studio/opening-night')
    })

    test('the host goes live', async () => {
      const { page } = host
      const golive = page.getByRole('button', { name: 'Go live' })
      await golive.and(page.locator(':not([aria-disabled])')).waitFor(patience)
      await tabTo(page, golive)
      await page.keyboard.press('Space')
      await page.getByText('LIVE', { exact: true }).waitFor(patience)
    })

    test('a viewer joins, chats under a name, and the focus stays in the composer', async () => {
      const { page } = viewer
      await page.goto(`${server.url}/watch/opening-night`)
      const composer = page.getByRole('textbox', { name: 'Message everyone' })
      // Said to the room, like the lines below: what is last there must not depend on who was quicker.
      await message(viewer, 'The stream is live').waitFor(patience)
      await tabTo(page, composer)
      await page.keyboard.type('Good evening')
      await page.keyboard.press('Enter')
      const name = page.getByLabel('Your name in this chat')
      await name.waitFor(patience)
      await expect.poll(() => hasFocus(name), patience).toBe(true)
      await page.keyboard.type('Ada')
      await page.keyboard.press('Enter')
      await message(viewer, 'Good evening').waitFor(patience)
      await expect.poll(() => hasFocus(composer), patience).toBe(true)
      for (const text of ['The second line', 'The third line']) {
        await page.keyboard.type(text)
        await page.keyboard.press('Enter')
        await message(viewer, text).waitFor(patience)
      }
    })

    test('a viewer plays with the picture and applauds', async () => {
      const { page } = viewer
      await page.reload()
      await message(viewer, 'The third line').waitFor(patience)
      const unmute = page.getByRole('button', { name: 'Unmute (m)' })
      await unmute.waitFor(patience)
      await tabTo(page, unmute)
      await page.keyboard.press('m')
      await page.getByRole('button', { name: 'Mute (m)' }).waitFor(patience)
      await page.keyboard.press('k')
      await page.getByRole('button', { name: 'Play, live (k)' }).waitFor(patience)
      await page.keyboard.press('k')
      await page.getByRole('button', { name: 'Pause (k)' }).waitFor(patience)
      await tabTo(page, page.getByRole('button', { name: 'Applause, 0' }))
      await page.keyboard.press('Space')
      await page.getByRole('button', { name: 'Applause, 1' }).waitFor(patience)
    })

    test('a viewer walks the messages with the arrows and answers one', async () => {
      const { page } = viewer
      const composer = page.getByRole('textbox', { name: 'Message everyone' })
      await tabTo(page, composer)
      await page.keyboard.press('ArrowUp')
      await expect.poll(() => hasFocus(row(viewer, 'The third line'))).toBe(true)
      await page.keyboard.press('ArrowUp')
      await expect.poll(() => hasFocus(row(viewer, 'The second line'))).toBe(true)
      await page.keyboard.press('Home')
      const lines = page.getByRole('list', { name: 'Messages' }).getByRole('listitem')
      await expect.poll(() => hasFocus(lines.first())).toBe(true)
      await page.keyboard.press('End')
      await expect.poll(() => hasFocus(row(viewer, 'The third line'))).toBe(true)
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Reply', exact: true }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Reply', exact: true }).waitFor({ state: 'detached' })
      await expect.poll(() => hasFocus(row(viewer, 'The second line'))).toBe(true)
      await page.keyboard.press('Enter')
      await expect.poll(() => hasFocus(page.getByRole('button', { name: 'Reply', exact: true }))).toBe(true)
      await page.keyboard.press('Enter')
      await expect.poll(() => hasFocus(composer)).toBe(true)
      await page.keyboard.type('An answer')
      await page.keyboard.press('Enter')
      await message(viewer, 'An answer').waitFor(patience)
      await row(viewer, 'An answer').getByText('In reply to').waitFor()
    })

    test('a viewer picks an emoji', async () => {
      const { page } = viewer
      const emoji = page.getByRole('button', { name: 'Emoji' })
      await tabTo(page, emoji)
      await page.keyboard.press('Enter')
      const search = page.getByRole('searchbox', { name: 'Search emoji' })
      await expect.poll(() => search.and(page.locator(':focus')).count(), patience).toBe(1)
      await page.keyboard.press('Escape')
      await expect.poll(() => hasFocus(emoji)).toBe(true)
      await page.keyboard.press('Enter')
      await expect.poll(() => search.and(page.locator(':focus')).count(), patience).toBe(1)
      await page.keyboard.type('performing arts')
      await page.getByRole('button', { name: 'performing arts' }).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      const composer = page.getByRole('textbox', { name: 'Message everyone' })
      await expect.poll(() => hasFocus(composer)).toBe(true)
      const picked = await composer.inputValue()
      expect(picked).toContain('🎭')
      await page.keyboard.press('Enter')
      await message(viewer, picked).waitFor(patience)
    })

    test('a viewer writes to the host alone', async () => {
      const { page } = viewer
      const tab = page.getByRole('tab', { name: 'Chat' })
      await tabTo(page, tab, 30, 'Shift+Tab')
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => hasFocus(page.getByRole('tab', { name: 'To host', selected: true }))).toBe(true)
      await tabTo(page, page.getByRole('textbox', { name: /^Privately to/ }), 4)
      await page.keyboard.type('A word in private')
      await page.keyboard.press('Enter')
      await message(viewer, 'A word in private').waitFor(patience)
    })

    test('the host pins a message and takes the pin away', async () => {
      const { page } = host
      await message(host, 'The third line').waitFor(patience)
      const newest = page.getByRole('list', { name: 'Messages' }).getByRole('listitem').last()
      await tabTo(page, newest)
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await tabTo(page, page.getByRole('button', { name: 'Pin', exact: true }), 3)
      await page.keyboard.press('Enter')
      const pin = page.getByRole('region', { name: 'Pinned message' })
      await pin.waitFor(patience)
      // The button went with the actions; the row it belonged to has the focus now.
      expect(await page.evaluate(() => document.activeElement?.matches('li[data-key]'))).toBe(true)
      const unpin = page.getByRole('button', { name: 'Unpin' })
      await tabTo(page, unpin, 10, 'Shift+Tab')
      await page.keyboard.press('Enter')
      await pin.waitFor({ ...patience, state: 'detached' })
      await expect.poll(() => focusIsLost(host)).toBe(false)
    })

    test('the host answers in private', async () => {
      const { page } = host
      await tabTo(page, page.getByRole('tab', { name: 'Chat' }), 30, 'Shift+Tab')
      await page.keyboard.press('ArrowRight')
      await tabTo(page, page.getByRole('button', { name: /^Ada/ }), 4)
      await page.keyboard.press('Enter')
      const composer = page.getByRole('textbox', { name: 'Privately to Ada' })
      await composer.waitFor(patience)
      await expect.poll(() => focusIsLost(host)).toBe(false)
      await tabTo(page, composer, 4)
      await page.keyboard.type('A word back')
      await page.keyboard.press('Enter')
      await message(viewer, 'A word back').waitFor(patience)
      await tabTo(
        page,
        page.getByRole('button', { name: 'Back to all private conversations' }),
        6,
        'Shift+Tab',
      )
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: /^Ada/ }).waitFor()
      await expect.poll(() => focusIsLost(host)).toBe(false)
    })

    test('the host ends the show in a dialog that keeps the focus and gives it back', async () => {
      const { page } = host
      const end = page.getByRole('button', { name: 'End stream' })
      const dialog = page.getByRole('dialog', { name: 'End the stream?' })
      await tabTo(page, end.first(), 30, 'Shift+Tab')
      await page.keyboard.press('Enter')
      await dialog.waitFor()
      for (let press = 0; press < 8; press++) {
        await page.keyboard.press('Tab')
        expect(
          await dialog.evaluate(
            (box) => box.contains(document.activeElement) || document.activeElement === document.body,
          ),
        ).toBe(true)
      }
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      await expect.poll(() => hasFocus(end)).toBe(true)
      await page.keyboard.press('Enter')
      await tabTo(page, dialog.getByRole('button', { name: 'End stream' }), 4)
      await page.keyboard.press('Enter')
      await page.getByText('The stream is over').waitFor(patience)
      await viewer.page
        .getByText(/is over|has ended/i)
        .first()
        .waitFor(patience)
    })
  },
)

const message = ({ page }: Screen, text: string) =>
  page.getByRole('list', { name: 'Messages' }).getByText(text, { exact: true }).first()
const row = ({ page }: Screen, text: string) =>
  page
    .getByRole('list', { name: 'Messages' })
    .getByRole('listitem')
    .filter({ has: page.locator('.chat-text').getByText(text, { exact: true }) })
/** On nothing: the next press of Tab starts where nobody expects it. */
const focusIsLost = ({ page }: Screen) => page.evaluate(() => document.activeElement === document.body)

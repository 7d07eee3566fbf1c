// A room and the people behind it in real browsers: the host and two moderators decide at once about what waits and
// what was reported, and what is on one screen is on all of them.
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type ServerProcess } from '../server-process.ts'
import { chromiumMissing, launch, openScreen, type Screen } from './browser.ts'
import { faults } from './page-rules.ts'

const missing = chromiumMissing()
/** A step waits this long for what it names. */
const patience = { timeout: 20_000 }
const WATCH = '/watch/opening-night'
const REJECTED = 'Rejected words 9d41e7'

describe.skipIf(missing !== undefined)(
  `moderation${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let host: Screen
    let mo: Screen
    let max: Screen
    let cy: Screen
    let bo: Screen
    /** The files of the desk that a page asked for. */
    const parts = (requests: string[]) => requests.filter((url) => /\/assets\/parts-[^/]+\.js$/.test(url))
    const asked: string[] = []
    const askedByMo: string[] = []
    const staff = () => [host.page, mo.page, max.page]
    const all = () => [...staff(), cy.page, bo.page]

    beforeAll(async () => {
      server = await startServer()
      browser = await launch()
      host = await openScreen(browser, 'desktop')
      mo = await openScreen(browser, 'phone')
      max = await openScreen(browser, 'desktop')
      cy = await openScreen(browser, 'phone')
      bo = await openScreen(browser, 'desktop')
      for (const { page } of [cy, bo]) page.on('request', (request) => asked.push(request.url()))
      mo.page.on('request', (request) => askedByMo.push(request.url()))
    })
    afterAll(async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
    })

    test('the host makes two viewers moderators, on the card that a press on a name opens', async () => {
      const { page } = host
      await page.goto(server.loginLink!)
      await page.getByRole('button', { name: 'Later' }).click()
      await page.waitForURL('**/studio')
      await page.getByRole('button', { name: 'Create a stream' }).click()
      await page.getByLabel('Title').fill('Opening night')
      await page.getByRole('button', { name: 'Create the stream' }).click()
      await page.getByRole('link', { name: 'Watch page: Opening night' }).waitFor(patience)
      await page.goto(`${server.url}/studio/opening-night`)
      await page.getByText('No messages yet').waitFor(patience)
      const names = [
        ['Mo', mo],
        ['Max', max],
        ['Cy', cy],
        ['Bo', bo],
      ] as const
      for (const [name, screen] of names) {
        await screen.page.goto(server.url + WATCH)
        await entered(screen.page)
        await say(screen.page, `${name} is here`, name)
      }
      for (const [name, screen] of names.slice(0, 2)) {
        await messages(page).getByRole('button', { name, exact: true }).first().click()
        const card = page.getByRole('dialog')
        await card.getByRole('button', { name: 'Make moderator here' }).click(patience)
        await card.getByRole('button', { name: 'Dismiss as moderator' }).waitFor(patience)
        await page.keyboard.press('Escape')
        await screen.page.getByRole('tab', { name: 'Moderation' }).waitFor(patience)
      }
      // Beside the host a moderator is nobody to judge: no such control is there.
      await messages(mo.page).getByRole('button', { name: 'Max', exact: true }).first().click()
      const card = mo.page.getByRole('dialog')
      await card.getByText(/here since/).waitFor(patience)
      expect(await card.getByRole('button', { name: /^(Ban|Time out|Make|Block|Dismiss)/ }).count()).toBe(0)
      await mo.page.keyboard.press('Escape')
    })

    test('what waits is on every desk, and three people decide about it at once', async () => {
      await rules(host.page, async (form) => {
        await form.getByLabel('Review every message').check()
      })
      for (const text of ['Approved words one', REJECTED, 'Words that two decide about']) {
        await writeHeld(cy.page, text)
        for (const page of staff()) {
          await page.getByRole('tab', { name: 'Moderation' }).click()
          await item(page, text).waitFor(patience)
        }
      }
      await Promise.all([
        press(host.page, 'Approved words one', 'Approve'),
        // One hand after the other: two presses at once on one page share its mouse, and one is lost. Max may have been
        // faster: then the item is gone, or the answer is that somebody else decided.
        press(mo.page, REJECTED, 'Reject').then(() =>
          press(mo.page, 'Words that two decide about', 'Reject').catch(() => undefined),
        ),
        press(max.page, 'Words that two decide about', 'Approve'),
      ])
      for (const page of staff()) await page.getByText('Nothing waits for you').waitFor(patience)
      await agree(staff())
      const log = await logOf(host.page)
      expect(
        log.filter((line) => /(approved|rejected) a message of Cy.*Words that two/s.test(line)),
      ).toHaveLength(1)
      expect(log.filter((line) => /Mo rejected a message of Cy/.test(line)).join()).toContain(REJECTED)
    })

    test('a desk says who settled what went from it', async () => {
      await writeHeld(cy.page, 'One more for the keyboard')
      const { page } = max
      for (const desk of staff()) await desk.getByRole('button', { name: 'To decide' }).click()
      await item(page, 'One more for the keyboard').waitFor(patience)
      // Hands off the mouse: the letter decides, and the focus stays in the queue.
      await item(page, 'One more for the keyboard').focus()
      await page.keyboard.press('a')
      for (const desk of [host.page, mo.page])
        await desk.getByRole('status').getByText('Max approved a message of Cy.').waitFor(patience)
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.textContent ?? ''), patience)
        .toContain('Nothing waits for you')
    })

    test('every screen shows the same room, and nobody of the audience what stayed out of it', async () => {
      await rules(host.page, async (form) => {
        await form.getByLabel('Review every message').uncheck()
      })
      for (const page of staff()) await page.getByRole('tab', { name: 'Chat' }).click()
      await say(bo.page, 'Bo says something ugly')
      await say(bo.page, 'Bo says something harmless')
      for (const page of all()) await shows(page, 'Bo says something harmless')
      const room = await roomOf(bo.page)
      expect(room).toContain('Approved words one')
      expect(room).not.toContain(REJECTED)
      for (const page of staff()) await expect.poll(() => roomOf(page), patience).toEqual(room)
    })

    test('reports reach every desk; one deletes while another dismisses', async () => {
      await report(cy.page, 'Bo says something ugly', 'Insults or harassment')
      await report(cy.page, 'Bo says something harmless', 'Something else')
      for (const page of staff()) {
        await page.getByRole('tab', { name: 'Moderation' }).click()
        await page.getByRole('button', { name: 'To decide' }).click()
        await item(page, 'something ugly').getByText('Insults or harassment').waitFor(patience)
        await item(page, 'something harmless').waitFor(patience)
      }
      await Promise.all([
        press(host.page, 'something ugly', 'Delete'),
        press(max.page, 'something harmless', 'Dismiss report'),
        press(mo.page, 'something harmless', 'Dismiss report').catch(() => undefined),
      ])
      for (const page of staff()) await page.getByText('Nothing waits for you').waitFor(patience)
      await agree(staff())
      await expect.poll(() => roomOf(bo.page), patience).not.toContain('Bo says something ugly')
      expect(await roomOf(bo.page)).toContain('Bo says something harmless')
    })

    test('a blocked word holds what it is in, and the desk says which word it was', async () => {
      const { page } = host
      await page.getByRole('button', { name: 'Blocked words' }).click()
      const dialog = page.getByRole('dialog')
      const held = dialog.getByRole('textbox', { name: 'Hold for a decision' })
      await held.fill('fine\n***')
      await dialog.getByRole('button', { name: 'Save', exact: true }).click()
      await dialog.getByText('This would match everything').waitFor(patience)
      await dialog.getByRole('button', { name: 'Line 2' }).waitFor()
      await held.fill('spoil*')
      await dialog.getByRole('button', { name: 'Save', exact: true }).click()
      await dialog.getByText('Saved.', { exact: true }).waitFor(patience)
      await page.keyboard.press('Escape')
      await writeHeld(bo.page, 'A spoiler of the ending')
      for (const desk of staff()) {
        await desk.getByRole('tab', { name: 'Moderation' }).click()
        await desk.getByRole('button', { name: 'To decide' }).click()
        await item(desk, 'A spoiler of the ending').getByText('Held for the word “spoil*”').waitFor(patience)
      }
      // By day and by night, on a phone and on a desktop, the desk is for everybody.
      for (const desk of [mo.page, host.page]) {
        expect(await faults(desk)).toEqual([])
        await item(desk, 'A spoiler of the ending').getByRole('button', { name: 'Bo', exact: true }).click()
        await desk
          .getByRole('dialog')
          .getByText(/here since/)
          .waitFor(patience)
        expect(await faults(desk)).toEqual([])
        await desk.keyboard.press('Escape')
      }
      await press(mo.page, 'A spoiler of the ending', 'Reject')
      for (const desk of staff()) await desk.getByText('Nothing waits for you').waitFor(patience)
    })

    test('two ban the same person at once; the banned page says so and why', async () => {
      for (const { page } of [mo, max]) {
        await page.getByRole('tab', { name: 'Chat' }).click()
        await messages(page).getByRole('button', { name: 'Cy', exact: true }).first().click()
        await page.getByRole('dialog').getByRole('button', { name: 'Ban', exact: true }).click(patience)
        await page.getByRole('dialog').getByLabel('Reason').fill('Enough for tonight')
      }
      const ban = ({ page }: Screen) =>
        page.getByRole('dialog').getByRole('button', { name: 'Ban', exact: true }).click()
      await Promise.all([ban(mo), ban(max)])
      await cy.page.getByRole('heading', { name: 'You are banned from this stream' }).waitFor(patience)
      await cy.page.getByText('Enough for tonight').waitFor(patience)
      for (const { page } of [mo, max]) {
        await page.getByRole('dialog').getByText('Banned for good').waitFor(patience)
        await page.keyboard.press('Escape')
        await page.getByRole('tab', { name: 'Moderation' }).click()
      }
      await agree(staff())
      expect(
        (await logOf(host.page)).some((line) => /banned Cy for good.*Enough for tonight/s.test(line)),
      ).toBe(true)
    })

    test('the audience never got a word from behind the stage, nor the parts it is made of', async () => {
      const got = [...cy.received, ...bo.received].join('\n')
      expect(got).not.toMatch(/backstage|"moderated"|"settled"|"reported"|"resolved"/)
      expect(bo.received.join('\n')).not.toContain('9d41e7')
      expect(parts(asked)).toEqual([])
      // The scan sees what is there.
      expect(parts(askedByMo).length).toBeGreaterThan(0)
      expect(mo.received.join('\n')).toContain('9d41e7')
      expect(mo.received.join('\n')).toContain('backstage')
      for (const { page } of [cy, bo])
        expect(await page.getByRole('tab', { name: 'Moderation' }).count()).toBe(0)
    })

    test('no page threw', () => {
      expect([host, mo, max, cy, bo].flatMap(({ errors }) => errors)).toEqual([])
    })
  },
)

const messages = (page: Page): Locator => page.getByRole('list', { name: 'Messages' })
const shows = (page: Page, text: string) =>
  messages(page).getByText(text, { exact: true }).first().waitFor(patience)
/** The chat is there to be read: whoever writes before that is not asked for a name yet. */
const entered = (page: Page) =>
  page.getByText('No messages yet').or(messages(page).getByText('Mo is here')).first().waitFor(patience)

async function write(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: 'Message everyone' })
  await composer.fill(text)
  await composer.press('Enter')
}

/** A guest is asked for a name once. */
async function say(page: Page, text: string, name?: string): Promise<void> {
  await write(page, text)
  if (name !== undefined) {
    await page.getByLabel('Your name in this chat').fill(name)
    await page.getByLabel('Your name in this chat').press('Enter')
  }
  await shows(page, text)
}

async function writeHeld(page: Page, text: string): Promise<void> {
  await write(page, text)
  await messages(page)
    .getByRole('listitem')
    .filter({ hasText: text })
    .getByText('Waiting for review')
    .waitFor(patience)
}

const item = (page: Page, text: string): Locator => page.locator('.staff-item').filter({ hasText: text })
const press = (page: Page, text: string, name: string) =>
  item(page, text).getByRole('button', { name, exact: true }).click({ timeout: 5_000 })

async function rules(page: Page, change: (form: Locator) => Promise<void>): Promise<void> {
  await page.getByRole('tab', { name: 'Moderation' }).click()
  await page.getByRole('button', { name: 'Rules of this chat' }).click(patience)
  const dialog = page.getByRole('dialog')
  await change(dialog)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.getByText('Saved.', { exact: true }).waitFor(patience)
  await dialog.getByRole('button', { name: 'Close' }).last().click()
}

async function report(page: Page, text: string, why: string): Promise<void> {
  const row = messages(page).getByRole('listitem').filter({ hasText: text }).first()
  await row.hover()
  await row.getByRole('button', { name: /^Actions/ }).click()
  await row.getByRole('button', { name: 'Report', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(why).check()
  await dialog.getByRole('button', { name: 'Report', exact: true }).click()
  await dialog.waitFor({ ...patience, state: 'hidden' })
}

/** The log as one desk shows it, newest first. */
async function logOf(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: 'Log', exact: true }).click()
  return page.locator('.staff-line').allInnerTexts()
}

/** Every desk comes to the same log, which is not an empty one. */
async function agree(pages: Page[]): Promise<void> {
  const [first, ...others] = pages
  if (!first) throw new Error('nobody to agree')
  await expect
    .poll(async () => {
      const log = await logOf(first)
      const same = await Promise.all(
        others.map(async (page) => JSON.stringify(await logOf(page)) === JSON.stringify(log)),
      )
      return log.length > 0 && same.every(Boolean)
    }, patience)
    .toBe(true)
}

/** Public texts in the order they are shown. */
async function roomOf(page: Page): Promise<string[]> {
  const chat = page.getByRole('tab', { name: 'Chat' })
  if ((await chat.getAttribute('aria-selected')) !== 'true') await chat.click()
  return page.locator('.chat-lines .chat-line-message .chat-text').allInnerTexts()
}

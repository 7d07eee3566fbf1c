// Every page, in every state that people meet, by day and by night, on a phone and on a desktop: nothing for axe to
// find, nothing wider than the screen, nothing too small for a finger, nothing refused by the content policy.
import { get } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type ServerProcess } from '../server-process.ts'
import { guest } from '../show.ts'
import { chromiumMissing, launch, openScreen, pictureMoves, type Screen } from './browser.ts'
import { faults, listen } from './page-rules.ts'

const missing = chromiumMissing()
const patience = { timeout: 20_000 }
/** Scripts a viewer waits for; a fallback library for the picture comes after them, and only where it is needed. */
const WATCH_SCRIPT_BYTES = 90 * 1024
/** Answers that these tests ask for. */
const EXPECTED = /status of 404.*\/(?:nowhere|watch\/nobody|api\/streams\/nobody)\)|status of 4\d\d.*link\)/
const SLUG = 'opening-night'

describe.skipIf(missing !== undefined)(
  `every page is for everybody${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let host: Screen
    let phone: Screen
    let desktop: Screen
    const at = (path: string) => server.url + path

    beforeAll(async () => {
      server = await startServer({ env: { MESSAGES_PER_SECOND: '1000', CHAT_COMMANDS_PER_SECOND: '1000' } })
      browser = await launch()
      host = await openScreen(browser, 'desktop')
      phone = await openScreen(browser, 'phone')
      desktop = await openScreen(browser, 'desktop')
      for (const screen of [host, phone, desktop]) listen(screen, EXPECTED)
    })
    afterAll(async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
    })

    /** The host's own requests, with the cookie of the host's browser. */
    const asHost = async <T>(path: string, data: object): Promise<T> => {
      const answer = await host.context.request.post(at(path), { data, headers: { origin: server.url } })
      expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true)
      return (await answer.json()) as T
    }

    test.each([
      ['home, when nothing is on', '/', 'Nothing is on yet'],
      ['sign-in', '/sign-in', 'Sign in'],
      ['sign-up', '/sign-up', 'Create an account'],
      ['enter without a link', '/enter', 'This page needs a login link'],
      ['enter with a wrong link', '/enter#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /not open the door/],
      ['account of nobody', '/account', 'Nobody is signed in here'],
      ['studio of a stranger', '/studio', 'The studio is for hosts'],
      ['an address that leads nowhere', '/nowhere', 'There is nothing behind this door'],
      ['a watch page of no stream', '/watch/nobody', 'There is nothing behind this door'],
    ])('a stranger: %s', async (_, path, shown) => {
      for (const { page } of [phone, desktop]) {
        await page.goto(at(path))
        await page.getByRole('main').getByText(shown).first().waitFor(patience)
        expect(await faults(page)).toEqual([])
      }
    })

    test('sign-in that was refused', async () => {
      const { page } = phone
      await page.goto(at('/sign-in'))
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('Enter your password.').waitFor()
      expect(await faults(page)).toEqual([])
    })

    test('the host: link, first studio, account, invite', async () => {
      const { page } = host
      await page.goto(server.loginLink!)
      await page.getByRole('heading', { name: 'You are in' }).waitFor(patience)
      expect(await faults(page)).toEqual([])
      await page.getByRole('button', { name: 'Later' }).click()
      await page.getByText('Your first show').waitFor(patience)
      expect(await faults(page)).toEqual([])
      await page.goto(at('/account'))
      await page.getByLabel('E-mail').fill('host@stage.example')
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('button', { name: 'Make an invite link' }).click(patience)
      await page.getByRole('button', { name: 'Copy the invite' }).waitFor(patience)
      // News at the foot of the page may lie over a control; they are closed or leave by themselves.
      await page.getByRole('button', { name: 'Close message' }).click()
      expect(await faults(page)).toEqual([])
      await small(page)
      expect(await faults(page)).toEqual([])
      await page.getByRole('button', { name: /your menu/ }).click()
      expect(await faults(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Sign out everywhere' }).click()
      await page.getByRole('dialog').waitFor()
      expect(await faults(page)).toEqual([])
      await large(page)
    })

    test('the studio with its dialog and its list', async () => {
      const { page } = host
      await page.goto(at('/studio'))
      await page.getByRole('button', { name: 'Create a stream' }).click()
      await page.getByLabel('Title').fill('Opening night')
      expect(await faults(page)).toEqual([])
      await small(page)
      expect(await faults(page)).toEqual([])
      await page.getByRole('button', { name: 'Create the stream' }).click()
      await page.getByRole('link', { name: 'Watch page: Opening night' }).waitFor(patience)
      const long = 'A rather long description of what will be seen. '.repeat(12)
      const startsAt = Date.now() + 26 * 3_600_000
      await asHost('/api/streams', {
        title: 'Second night',
        slug: 'second-night',
        description: long,
        startsAt,
      })
      await page.reload()
      await page.getByRole('link', { name: 'Watch page: Second night' }).waitFor(patience)
      expect(await faults(page)).toEqual([])
      await large(page)
      expect(await faults(page)).toEqual([])
    })

    test('before the show: the watch page with a countdown, the live page with the camera', async () => {
      for (const { page } of [phone, desktop]) {
        await page.goto(at('/watch/second-night'))
        await page.getByText('No messages yet').waitFor(patience)
        expect(await faults(page)).toEqual([])
      }
      const { page } = host
      await page.goto(at(`/studio/${SLUG}`))
      await page.getByRole('button', { name: 'Go live' }).and(page.locator(':not([aria-disabled])')).waitFor()
      for (const size of SIZES) {
        await page.setViewportSize(size)
        expect(await faults(page)).toEqual([])
      }
    })

    test('while live: the picture with its controls, the live page with its chat', async () => {
      const { page } = host
      await page.getByRole('button', { name: 'Go live' }).click()
      await page.getByText('LIVE', { exact: true }).first().waitFor(patience)
      for (const viewer of [phone, desktop]) {
        await viewer.page.goto(at(`/watch/${SLUG}`))
        await expect.poll(() => pictureMoves(viewer.page), patience).toBe(true)
      }
      await fill(server)
      for (const viewer of [phone, desktop]) {
        // The spoken summary may say the same words.
        await viewer.page.getByRole('list', { name: 'Messages' }).getByText('An answer').waitFor(patience)
        await viewer.page.evaluate(keepAwake)
        expect(await faults(viewer.page)).toEqual([])
      }
      await openActions(page, 'An answer')
      for (const size of SIZES) {
        await page.setViewportSize(size)
        expect(await faults(page)).toEqual([])
      }
      await page.getByRole('button', { name: 'Pin', exact: true }).click()
      await page.getByRole('region', { name: 'Pinned message' }).waitFor(patience)
      await page.getByRole('tab', { name: /Private/ }).click()
      await page.getByRole('button', { name: /A word in private/ }).waitFor(patience)
      expect(await faults(page)).toEqual([])
      await page.getByRole('button', { name: /A word in private/ }).click()
      await page.getByRole('textbox', { name: 'Privately to Ada' }).waitFor(patience)
      expect(await faults(page)).toEqual([])
    })

    test('the chat of a viewer: pin, picker, actions, reply, name, private', async () => {
      for (const { page } of [phone, desktop]) {
        await page.getByRole('region', { name: 'Pinned message' }).waitFor(patience)
        await page.getByRole('button', { name: 'Emoji' }).click()
        await page.getByRole('dialog', { name: 'Emoji' }).waitFor(patience)
        expect(await faults(page)).toEqual([])
        await page.keyboard.press('Escape')
        await openActions(page, 'An answer')
        expect(await faults(page)).toEqual([])
        await page.getByRole('button', { name: 'Reply', exact: true }).click()
        await page.getByRole('textbox', { name: 'Message everyone' }).fill('To you as well')
        await page.keyboard.press('Enter')
        await page.getByLabel('Your name in this chat').waitFor(patience)
        expect(await faults(page)).toEqual([])
        await page.getByRole('button', { name: /^Stay/ }).click()
        await page.getByRole('tab', { name: 'To host' }).click()
        await page.getByRole('textbox', { name: /^Privately to/ }).fill('For your eyes')
        await page.keyboard.press('Enter')
        await page.getByRole('list', { name: 'Messages' }).getByText('For your eyes').waitFor(patience)
        expect(await faults(page)).toEqual([])
      }
    })

    test('a viewer waits for no more than 90 KB of script, zipped', async () => {
      const { page } = await openScreen(browser, 'phone')
      await page.goto(at(`/watch/${SLUG}`))
      await expect.poll(() => pictureMoves(page), patience).toBe(true)
      const scripts = await page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => name)
          .filter((name) => name.endsWith('.js')),
      )
      expect(scripts.length).toBeGreaterThan(1)
      const sizes = await Promise.all(scripts.map(zippedBytes))
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(WATCH_SCRIPT_BYTES)
      await page.context().close()
    })

    test('the home page during the show', async () => {
      for (const { page } of [phone, desktop]) {
        await page.goto(at('/'))
        await page.locator('.card-live').waitFor(patience)
        await page.getByRole('heading', { name: 'Coming up' }).waitFor()
        expect(await faults(page)).toEqual([])
      }
    })

    test('a guest has an account page, too', async () => {
      for (const { page } of [phone, desktop]) {
        await page.goto(at('/account'))
        await page.getByText('You are here as a guest').waitFor(patience)
        expect(await faults(page)).toEqual([])
      }
    })

    test('after the show', async () => {
      await asHost(`/api/streams/${SLUG}/end`, {})
      for (const { page } of [phone, desktop]) {
        await page.goto(at(`/watch/${SLUG}`))
        await page.getByRole('heading', { name: 'Chat replay' }).waitFor(patience)
        expect(await faults(page)).toEqual([])
        await page.getByRole('button', { name: 'Whole chat' }).click()
        await page.getByText('An answer').last().waitFor(patience)
        expect(await faults(page)).toEqual([])
        await page.goto(at('/'))
        await page.getByRole('heading', { name: 'Just over' }).waitFor(patience)
        expect(await faults(page)).toEqual([])
      }
    })

    test('no page threw, and the content policy refused nothing', () => {
      expect([host, phone, desktop].flatMap(({ errors }) => errors)).toEqual([])
    })
  },
)

const SIZES = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1280, height: 800 },
]
const small = (page: Page) => page.setViewportSize(SIZES[0]!)
const large = (page: Page) => page.setViewportSize(SIZES[2]!)

/** What people say: a link, a mention, a reply, something private, applause. */
async function fill(server: ServerProcess): Promise<void> {
  const ada = await (await guest(server, 'Ada')).join(SLUG)
  const bo = await (await guest(server, 'Bo')).join(SLUG)
  await ada.ask({ t: 'say', text: 'Look at https://stage.example/programme, @Bo' })
  const first = await bo.said('Look at https://stage.example/programme, @Bo')
  const [event] = first.entries.map((entry) => entry.event)
  if (event?.type !== 'said') throw new Error('nothing was said')
  await bo.ask({ t: 'say', text: 'An answer', replyTo: event.message.id })
  await bo.ask({ t: 'say', text: 'Hi' })
  await bo.ask({ t: 'react', emoji: '👏' })
  await ada.ask({ t: 'whisper', text: 'A word in private' })
  ada.close()
  bo.close()
}

async function openActions(page: Page, text: string): Promise<void> {
  const row = page
    .getByRole('list', { name: 'Messages' })
    .getByRole('listitem')
    .filter({ hasText: text })
    .first()
  await row.hover()
  await row.getByRole('button', { name: /^Actions/ }).click()
}

const zippedBytes = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      expect(answer.headers['content-encoding']).toBe('gzip')
      let bytes = 0
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
      answer.on('end', () => resolve(bytes))
      answer.on('error', reject)
    }).on('error', reject)
  })

/** Runs in the page. The controls fade three seconds after the last touch, and a check that takes longer would
 * meet them half gone: this finger never rests. */
function keepAwake(): void {
  const touch = () =>
    document.querySelector('.player')?.dispatchEvent(new PointerEvent('pointermove', { bubbles: true }))
  touch()
  setInterval(touch, 500)
}

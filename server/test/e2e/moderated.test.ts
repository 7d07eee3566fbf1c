// What moderation looks like to whom it happens, on a phone and on a desktop: nothing that somebody wrote is lost, and
// every state holds what every page holds.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Rules } from '../../../shared/protocol/index.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import type { ChatSocket } from '../client.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { guest, openShow } from '../show.ts'
import { chromiumMissing, launch, openScreen, type Screen } from './browser.ts'
import { faults } from './page-rules.ts'

const missing = chromiumMissing()
const patience = { timeout: 20_000 }
const PATH = '/watch/opening-night'

describe.skipIf(missing !== undefined)(
  `the moderated${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let host: ChatSocket
    let bob: ChatSocket
    let bobId: string
    let phone: Screen
    let desktop: Screen
    const people = new Map<Page, string>()
    const pages = () => [phone.page, desktop.page]
    const each = async (step: (page: Page) => Promise<unknown>) => {
      for (const page of pages()) await step(page)
    }
    const rule = async (change: Partial<Rules>) => {
      expect(await host.ask({ t: 'rules', rules: { ...OPEN_RULES, ...change } })).toMatchObject({ t: 'ok' })
    }
    /** Everything on both screens, one after the other. */
    const sound = () =>
      each(async (page) => {
        await page.mouse.move(1, 1)
        expect(await faults(page)).toEqual([])
      })

    beforeAll(async () => {
      server = await startServer()
      browser = await launch()
      host = await (await openShow(server)).host.join('opening-night')
      const person = await guest(server, 'Bob')
      bobId = person.id
      bob = await person.join('opening-night')
      await bob.ask({ t: 'say', text: 'Buy my things, all of them, and buy them now' })
      phone = await openScreen(browser, 'phone')
      desktop = await openScreen(browser, 'desktop')
      for (const [{ page, context }, name] of [
        [phone, 'Phoebe'],
        [desktop, 'Desmond'],
      ] as const) {
        const post = { data: { name }, headers: { origin: server.url } }
        const me = (await (await context.request.post(`${server.url}/api/guest`, post)).json()) as {
          principal: { id: string }
        }
        people.set(page, me.principal.id)
        await page.goto(server.url + PATH)
        await page.getByText('Buy my things').waitFor(patience)
      }
    })
    afterAll(async () => {
      host.close()
      bob.close()
      await browser.close()
      await server[Symbol.asyncDispose]()
    })

    test('C22 words that wait are there for their writer alone, also after a reload', async () => {
      await rule({ review: true })
      await each(async (page) => {
        await page.getByText('Messages appear after review').waitFor(patience)
        await say(page, `Who wrote this song? ${people.get(page) ?? ''}`)
        await waiting(page).waitFor(patience)
        await page.reload()
        await waiting(page).waitFor(patience)
      })
      expect(await phone.page.getByText('Who wrote this song?').count()).toBe(1)
      expect(bob.raw.join()).not.toContain('Who wrote this song?')
      await sound()
    })

    test('C22 what is approved takes its place once; what is rejected keeps its text, to be edited', async () => {
      const [approved, rejected] = [
        await heldBy(people.get(phone.page)),
        await heldBy(people.get(desktop.page)),
      ]
      expect(await host.ask({ t: 'approve', target: approved })).toMatchObject({ t: 'ok' })
      expect(await host.ask({ t: 'reject', target: rejected })).toMatchObject({ t: 'ok' })
      await waiting(phone.page).waitFor({ state: 'detached', ...patience })
      expect(await phone.page.getByText('Who wrote this song?').count()).toBe(1)
      const { page } = desktop
      await page.getByText('Not published', { exact: true }).waitFor(patience)
      await page.getByRole('button', { name: 'Put back to edit' }).click()
      await expect.poll(() => composer(page).inputValue(), patience).toContain('Who wrote this song?')
      await sound()
      await composer(page).fill('')
    })

    test('C22 what the rules refuse goes back to where it was written, with the reason', async () => {
      await rule({ links: 'refused' })
      await each(async (page) => {
        await page.getByText('No links').waitFor(patience)
        await say(page, 'Look at https://example.org/song')
        await page.getByText('Links are not allowed here').waitFor(patience)
        expect(await composer(page).inputValue()).toBe('Look at https://example.org/song')
      })
      await rule({ who: 'accounts' })
      await each(async (page) => {
        const link = page.getByRole('link', { name: 'Create an account' })
        await link.waitFor(patience)
        expect(await link.getAttribute('href')).toBe(`/sign-up?next=${encodeURIComponent(PATH)}`)
        expect(await page.getByRole('button', { name: /^Send: you cannot/ }).count()).toBe(1)
      })
      await sound()
      await rule({})
      await each((page) => composer(page).fill(''))
    })

    test('C22 a timeout counts down beside the text, and ends with the host', async () => {
      for (const target of people.values())
        await host.ask({ t: 'timeout', target, seconds: 600, reason: 'Let others speak' })
      await each(async (page) => {
        await page.getByText('You can write again in').waitFor(patience)
        expect(await page.getByText('Let others speak').count()).toBeGreaterThan(0)
        await composer(page).fill('Later then')
        await composer(page).press('Enter')
        expect(await composer(page).inputValue()).toBe('Later then')
      })
      await sound()
      for (const target of people.values()) await host.ask({ t: 'lift', target })
      await each(async (page) => {
        await composer(page).press('Enter')
        await page.getByRole('list', { name: 'Messages' }).getByText('Later then').first().waitFor(patience)
      })
    })

    test('a message is reported, hidden on this device and shown again', async () => {
      const { page } = phone
      await page.getByText('Buy my things').click()
      await page.getByRole('button', { name: 'Report' }).click()
      await page.getByRole('button', { name: 'Report', exact: true }).click()
      await page.getByText('Choose what is wrong with it.').waitFor(patience)
      expect(await faults(page)).toEqual([])
      await page.getByRole('radio', { name: 'Spam or advertising' }).check()
      await page.getByRole('button', { name: 'Report', exact: true }).click()
      await page.getByText('Reported. The host and moderators see it.').waitFor(patience)
      expect(await page.getByText('Buy my things').count()).toBe(0)
      await page.getByRole('button', { name: 'Show the message of Bob' }).click()
      await page.getByText('Buy my things').waitFor(patience)
    })

    test('C22 who has the name of a moderator is asked for another, and the message goes out then', async () => {
      const { page, context } = phone
      const change = { data: { name: 'B0b' }, headers: { origin: server.url } }
      expect((await context.request.patch(`${server.url}/api/me`, change)).ok()).toBe(true)
      expect(await host.ask({ t: 'appoint', target: bobId })).toMatchObject({ t: 'ok' })
      await page.reload()
      await say(page, 'My name is my own')
      const field = page.getByRole('textbox', { name: 'Your name in this chat' })
      await field.waitFor(patience)
      expect(await faults(page)).toEqual([])
      await field.fill('Penelope')
      await field.press('Enter')
      const line = page.getByRole('listitem').filter({ hasText: 'My name is my own' })
      await expect.poll(() => line.allTextContents(), patience).toEqual([expect.stringContaining('Penelope')])
    })

    test('P7 the banned page says why and until when, in place of chat and picture, and goes by itself', async () => {
      for (const target of people.values()) await host.ask({ t: 'ban', target, reason: 'After two warnings' })
      await each(async (page) => {
        await page.getByText('After two warnings').waitFor(patience)
        await page.getByText('For good, unless the host lifts it.').waitFor(patience)
        expect(await page.locator('video, .chat').count()).toBe(0)
        const file = await page.request.get(server.url + '/api/me/export')
        expect(await file.text()).toContain('Later then')
      })
      await sound()
      for (const target of people.values()) await host.ask({ t: 'ban', target, seconds: 10 })
      await each(async (page) => {
        await page.getByRole('button', { name: 'Check again' }).click()
        await page.getByText('The stream comes back here by itself.').waitFor(patience)
      })
      await each((page) => page.getByText('Buy my things').waitFor(patience))
      expect([...phone.errors, ...desktop.errors]).toEqual([])
    })

    async function heldBy(person: string | undefined): Promise<string> {
      const found = () =>
        host.frames
          .flatMap((frame) => (frame.t === 'entries' && frame.log === 'backstage' ? frame.entries : []))
          .flatMap(({ event }) =>
            event.type === 'held' && event.held.author.id === person ? [event.held.id] : [],
          )
      await expect.poll(found, patience).toHaveLength(1)
      return found()[0] ?? ''
    }
  },
)

const composer = (page: Page) => page.getByRole('textbox', { name: 'Message everyone' })
const waiting = (page: Page) => page.getByText('Waiting for review', { exact: true })

/** Under the name one has; the page asks once. */
async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await expect
    .poll(() => page.getByRole('button', { name: 'Send', exact: true }).getAttribute('aria-disabled'))
    .toBe(null)
  await composer(page).press('Enter')
  const stay = page.getByRole('button', { name: /^Stay / })
  if (await stay.isVisible()) await stay.click()
}

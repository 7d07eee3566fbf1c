// Looking back: a show with a drop is rewound while it is live and watched afterwards, cut and whole, and its chat
// keeps step with the picture.
import { setTimeout as pass } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Recordings } from '../../../shared/api/recordings.ts'
import type { Replay } from '../../../shared/api/chat.ts'
import type { ChatSocket } from '../client.ts'
import { createSeededRandom } from '../random.ts'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import { guest, openShow, type Show } from '../show.ts'
import { chromiumMissing, launch, openScreen, pictureMoves, type Screen } from './browser.ts'
import { faults } from './page-rules.ts'
import {
  arrivals,
  countsNear,
  dateAt,
  dropsIn,
  filmedIn,
  secondAt,
  secondsShown,
  stands,
  watchLines,
  type Filmed,
} from './pictures.ts'
import { startRelay, type Relay } from './relay.ts'

const missing = chromiumMissing()
const patience = { timeout: 30_000 }
const SECRET = 'Behind the curtain, 4be1'
const DELETED = 'Taken back, 77d0'
const EVERY_MS = 700
const SHOW_MS = 60_000
/** The player's clock goes by what it decoded, this test's by the lengths in the playlist; both are this near. */
const NEAR_MS = 1_000
/** Places around a drop, where the two may be on two sides of it. */
const AROUND_MS = [-1_200, -300, -40, -20, -5, 0, 5, 20, 40, 300, 1_200]

/** What a player that does not come to rest is at. */
const PLAYER = `(({ currentTime, seeking, readyState, buffered }) => JSON.stringify({ currentTime, seeking, readyState,
  buffered: Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]) }))(document.querySelector('video'))`

describe.skipIf(missing !== undefined)(
  `looking back${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let line: Relay
    let show: Show
    let host: Screen
    let viewer: Screen
    let late: Screen
    let ada: ChatSocket
    let talking = true
    let liveAt = 0
    let talk: Promise<void>
    const watch = () => `${server.url}/watch/${show.stream.slug}`
    const at = () => `/api/streams/${show.stream.slug}`

    /** Public words of the show as the server gives them out. */
    const said = async () => {
      const { entries } = await show.host.call<Replay>('GET', `${at()}/replay`)
      return entries.flatMap(({ event, at: when }) =>
        event.type === 'said' ? [{ text: event.message.text ?? '', at: when }] : [],
      )
    }
    const recording = async () => {
      const { recordings } = await show.host.call<Recordings>('GET', `${at()}/recordings`)
      const [only] = recordings
      if (!only || recordings.length !== 1) throw new Error(`${recordings.length} recordings`)
      return only
    }
    const filmed = async (): Promise<Filmed[]> => {
      const { hls } = await recording()
      return filmedIn(await (await fetch(server.url + hls)).text())
    }

    beforeAll(async () => {
      const port = await freePort()
      line = await startRelay(() => port)
      server = await startServer({ port, env: { ALLOWED_ORIGINS: line.url } })
      browser = await launch()
      show = await openShow(server, 'Second night')
      ada = await (await guest(server, 'Ada')).join(show.stream.slug)
      host = await openScreen(browser, 'desktop')
      ;[viewer, late] = [await openScreen(browser, 'phone'), await openScreen(browser, 'phone')]
      const [name = '', value = ''] = show.host.cookie().split('=')
      await host.context.addCookies(
        [server.url, line.url].map((url) => ({ name, value, url, httpOnly: true, sameSite: 'Lax' as const })),
      )
    })
    afterAll(async () => {
      talking = false
      await talk
      await browser.close()
      await line.close()
      await server[Symbol.asyncDispose]()
    })

    test('V27 a live picture is rewound; its viewer sees how far behind and comes back to live', async () => {
      await host.page.goto(`${line.url}/studio/${show.stream.slug}`)
      await host.page.getByRole('button', { name: 'Go live' }).click(patience)
      liveAt = Date.now()
      const { page } = viewer
      await page.goto(watch())
      await expect.poll(() => pictureMoves(page), patience).toBe(true)
      talk = chatter(ada, () => talking)
      await ada.ask({ t: 'whisper', text: SECRET })
      await pass(14_000)
      await page.getByRole('region', { name: /^Video/ }).hover()
      await page.getByRole('button', { name: /^Go back/ }).click(patience)
      const back = page.getByRole('button', { name: /^Back to live/ })
      await back.waitFor(patience)
      await expect.poll(() => back.innerText(), patience).toMatch(/−0:1\d\s+behind$/)
      await expect.poll(() => pictureMoves(page), patience).toBe(true)
      await page.getByText('The chat is live.', { exact: false }).waitFor(patience)
      expect(await faults(page)).toEqual([])

      await page.getByRole('switch', { name: 'Align chat with the picture' }).check()
      await page.getByRole('heading', { name: 'Chat replay' }).waitFor(patience)
      await expect.poll(() => page.locator('.chat-lines .chat-text').count(), patience).toBeGreaterThan(3)
      const newest = Number(/\d+/.exec(await page.locator('.chat-lines .chat-text').last().innerText())?.[0])
      // By when they were said: a busy machine talks slower.
      const lines = await said()
      const shown = lines.find(({ text }) => text === `line ${newest}`)
      expect((lines.at(-1)?.at ?? NaN) - (shown?.at ?? NaN)).toBeGreaterThan(6_000)

      await back.click()
      await page.getByRole('button', { name: /^Go back/ }).waitFor(patience)
      await expect.poll(() => pictureMoves(page), patience).toBe(true)
      await page.getByRole('switch', { name: 'Align chat with the picture' }).uncheck()
    })

    test('V26 after a drop and the end, whoever watched is offered the recording', async () => {
      line.cut()
      await pass(4_000)
      line.mend()
      await expect.poll(() => pictureMoves(viewer.page), patience).toBe(true)
      const bo = await (await guest(server, 'Bo')).join(show.stream.slug)
      const gone = await bo.ask({ t: 'say', text: DELETED })
      await pass(Math.max(5_000, liveAt + SHOW_MS - Date.now()))
      talking = false
      await talk
      const target = (gone.t === 'ok' ? gone.id : undefined) ?? ''
      expect(await bo.ask({ t: 'delete', target })).toMatchObject({ t: 'ok' })
      await show.host.call('POST', `${at()}/end`, {})
      await viewer.page.getByRole('button', { name: 'Watch the recording' }).click(patience)
      await viewer.page.getByRole('button', { name: 'Play', exact: true }).click(patience)
      await expect.poll(() => pictureMoves(viewer.page), patience).toBe(true)
      const filmedSeconds = (await filmed()).reduce((sum, { duration }) => sum + duration, 0)
      // All but the drop.
      expect(filmedSeconds).toBeGreaterThan(45)
    })

    test('V25 while it plays each message comes within a second of its moment', async () => {
      const { page } = late
      await page.goto(watch())
      await page.getByRole('button', { name: 'Play', exact: true }).click(patience)
      await page.getByRole('heading', { name: 'Chat replay' }).waitFor(patience)
      // The talk began some seconds after the show.
      const segments = await filmed()
      const lines = await said()
      const begin = Math.max(9, secondAt(segments, lines[1]?.at ?? NaN))
      await page.getByRole('slider', { name: 'Seek' }).fill(String(Math.round(begin * 1000)))
      await expect.poll(() => secondsShown(page), patience).toBeGreaterThan(begin + 0.2)
      await watchLines(page)
      const from = await secondsShown(page)
      await page.waitForFunction(
        (until) => (document.querySelector('video')?.currentTime ?? 0) > until,
        from + 8,
      )
      const came = await arrivals(page)
      const due = lines
        .map(({ text, at: when }) => ({ text, second: secondAt(segments, when) }))
        .filter(({ second }) => second > from + 0.5 && second < from + 7)
      expect(due.length).toBeGreaterThan(2)
      for (const { text, second } of due) {
        const late = ((came[text] ?? NaN) - second) * 1000
        expect([text, late > -NEAR_MS && late < 1_000, late]).toEqual([text, true, late])
      }
    })

    const seeks = (name: string) =>
      test(`V25 after seeks ${name} the chat is exactly that of the picture`, async () => {
        const { page } = late
        await page.keyboard.press('Escape')
        if (await page.evaluate(() => document.querySelector('video')?.paused === false)) await toggle(page)
        const random = createSeededRandom(25)
        const segments = await filmed()
        const all = await said()
        const words = all.map(({ text }) => text)
        const slider = page.getByRole('slider', { name: 'Seek' })
        const length = Number(await slider.getAttribute('max'))
        const drops = dropsIn(segments)
        // A camera on a busy machine may have dropped by itself as well.
        const drop = drops.at(-1) ?? NaN
        expect(drop).toBeGreaterThan(0)
        const places = [
          ...Array.from({ length: 5 }, () => random.fraction() * (length - 500)),
          ...AROUND_MS.map((ms) => drop * 1000 + ms),
        ]
        for (const place of places) {
          await slider.fill(String(Math.round(place)))
          await stands(page).catch(async (cause: unknown) => {
            throw new Error(
              `no picture at ${place} ms: ${await page.evaluate<string>(PLAYER)}, drops ${drops.join()}`,
              { cause },
            )
          })
          const shows = await secondsShown(page)
          const counts = countsNear(
            segments,
            all.map(({ at: when }) => when),
            shows,
            NEAR_MS / 1000,
          )
          const least = Math.min(30, ...counts)
          await expect
            .poll(async () => {
              const shown = await page.locator('.chat-lines .chat-text').allInnerTexts()
              // The window begins some time before, and has no hole.
              const fits = (count: number) =>
                words.slice(0, count).slice(-shown.length).join() === shown.join()
              const right = shown.length >= least && counts.some(fits)
              return (
                right || { place, shows, drops, date: dateAt(segments, shows), counts, shown, all, segments }
              )
            }, patience)
            .toBe(true)
        }
      })
    seeks('across a drop')

    test('what was private or taken back is in no replay', () => {
      const heard = late.received.join('\n')
      expect(heard).toContain('line 3')
      expect(heard).not.toContain('4be1')
      expect(heard).not.toContain('77d0')
    })

    test('V26 its host cuts the recording', async () => {
      const { page } = host
      const before = await recording()
      await page.goto(watch())
      await page.getByRole('button', { name: 'Play', exact: true }).click(patience)
      await expect.poll(() => pictureMoves(page), patience).toBe(true)
      await page.getByRole('button', { name: 'Cut the recording' }).click(patience)
      await page.getByRole('slider', { name: 'Start' }).fill('6000')
      expect(await faults(page)).toEqual([])
      await page.getByRole('button', { name: 'Save' }).click(patience)
      await page.getByText('Cut. Nothing is lost', { exact: false }).waitFor(patience)
      const after = await recording()
      expect(after.startedAt - before.startedAt).toBeGreaterThan(4_000)
      expect(before.durationMs - after.durationMs).toBeGreaterThan(4_000)
      await late.page.goto(watch())
      await late.page.getByRole('button', { name: /^(Play|Go on at .*)$/ }).click(patience)
      await expect.poll(() => pictureMoves(late.page), patience).toBe(true)
    })
    seeks('after a cut')

    test('the pages of a recording hold the rules of every page', async () => {
      expect(await faults(late.page)).toEqual([])
      expect(await faults(host.page)).toEqual([])
      expect([host, viewer, late].flatMap(({ errors }) => errors)).toEqual([])
    })

    test('V26 its host deletes the recording, and the page says that there is none', async () => {
      const { page } = host
      await page.getByRole('button', { name: 'Recording', exact: true }).click(patience)
      const links = page.getByRole('dialog').getByRole('link', { name: /^Download/ })
      expect(await links.count()).toBe((await recording()).downloads)
      const file = await page.request.get(server.url + ((await links.first().getAttribute('href')) ?? ''))
      expect([file.status(), file.headers()['content-type']]).toEqual([200, 'video/mp4'])
      expect((await file.body()).subarray(4, 8).toString()).toBe('ftyp')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByRole('button', { name: 'Delete for good' }).click()
      await page.getByText('It was not recorded.', { exact: false }).waitFor(patience)
      expect((await show.host.call<Recordings>('GET', `${at()}/recordings`)).recordings).toEqual([])
    })
  },
)

/** `line 1`, `line 2`... as long as it goes on. */
async function chatter(socket: ChatSocket, goesOn: () => boolean): Promise<void> {
  for (let n = 1; goesOn(); n++) {
    await socket.ask({ t: 'say', text: `line ${n}` })
    await pass(EVERY_MS)
  }
}

const toggle = (page: Page): Promise<void> => page.keyboard.press('k')

// Gates as people meet them: the host in the studio, viewers on phones before a closed stream.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Recordings } from '../../../shared/api/recordings.ts'
import { createPerson } from '../client.ts'
import { publish } from '../gates/house.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { axe, chromiumMissing, launch, openScreen, type Screen } from './browser.ts'

const missing = chromiumMissing()
/** A step waits this long for what it names. */
const patience = { timeout: 20_000 }
const PASSPHRASE = 'open sesame'

describe.skipIf(missing !== undefined)(
  `gates${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 60_000 },
  () => {
    let server: ServerProcess
    let browser: Browser
    let host: Screen
    let ada: Screen
    const watch = () => `${server.url}/watch/closed-show`
    const composer = ({ page }: Screen) => page.getByRole('textbox', { name: 'Message everyone' })
    const title = ({ page }: Screen) => page.getByRole('heading', { name: 'Closed show', level: 1 })

    beforeAll(async () => {
      server = await startServer({ env: { GUESTS_PER_MINUTE: '1000' } })
      browser = await launch()
      ;[host, ada] = [await openScreen(browser, 'desktop'), await openScreen(browser, 'phone')]
    }, 60_000)
    afterAll(async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
    })

    /** Gone with the document: a page that was loaded anew has it no longer. */
    const mark = (page: Page) => page.evaluate(() => void Object.assign(window, { marked: true }))
    const isMarked = (page: Page) => page.evaluate(() => Reflect.get(window, 'marked') === true)
    async function edit(page: Page) {
      await page.goto(`${server.url}/studio`)
      await page.getByRole('button', { name: 'Edit: Closed show' }).click(patience)
    }

    test('P40 the host gives a new stream a passphrase in the studio', async () => {
      const { page } = host
      await page.goto(server.loginLink!)
      await page.getByRole('button', { name: 'Later' }).click()
      await page.waitForURL('**/studio')
      await page.getByRole('button', { name: 'Create a stream' }).click()
      await page.getByLabel('Title').fill('Closed show')
      await page.getByLabel('Description').fill('What it is about')
      await page.getByRole('radio', { name: 'With a passphrase' }).check()
      await page.getByLabel('Passphrase', { exact: true }).fill('short')
      await page.getByRole('button', { name: 'Create the stream' }).click()
      await page.getByText('Use 6 to 128 characters.').waitFor(patience)
      expect(await axe(page)).toEqual([])
      await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
      await page.getByRole('button', { name: 'Create the stream' }).click()
      await page.getByRole('link', { name: 'Watch page: Closed show' }).waitFor(patience)
    })

    test('P43 on a phone a wrong passphrase is said at the field, and the right one opens the same page', async () => {
      const { page, received } = ada
      await page.goto(watch())
      await title(ada).waitFor(patience)
      await mark(page)
      expect(await axe(page)).toEqual([])
      await page.getByLabel('Passphrase').fill('open barley')
      await page.getByRole('button', { name: 'Enter' }).click()
      await page.getByText('That is not the passphrase.').waitFor(patience)
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
      expect(received.join('')).not.toContain('What it is about')
      await page.getByLabel('Passphrase').fill(PASSPHRASE)
      await page.getByRole('button', { name: 'Enter' }).click()
      await composer(ada).waitFor(patience)
      expect(await isMarked(page)).toBe(true)
    })

    test('P42 when the host changes the gate the page closes by itself and says what it asks for now', async () => {
      const { page } = host
      await edit(page)
      await page.getByRole('radio', { name: 'With an invite link' }).check()
      await page.getByRole('button', { name: 'Save' }).click()
      await ada.page.getByText('This stream opens with an invite link alone.').waitFor(patience)
      expect(await composer(ada).count()).toBe(0)
      expect(await isMarked(ada.page)).toBe(true)
    })

    test('P43 the invite link opens the stream and leaves the address; after a reset it is said to be void', async () => {
      const { page } = host
      await edit(page)
      const address = page.getByText('#invite=')
      const former = (await address.textContent(patience)) ?? ''
      const bo = await openScreen(browser, 'phone')
      await bo.page.goto(former)
      await composer(bo).waitFor(patience)
      expect(bo.page.url()).toBe(watch())
      expect(bo.received.join('')).not.toContain(former.split('#')[1])

      await page.getByRole('button', { name: 'Reset link' }).click()
      await page.getByRole('button', { name: 'Reset it' }).click()
      await expect.poll(() => address.textContent(), patience).not.toBe(former)
      await bo.page
        .getByText('This stream opens with an invite link alone.')
        .or(bo.page.getByText('holds no longer'))
        .waitFor(patience)
      const cy = await openScreen(browser, 'phone')
      await cy.page.goto(former)
      await cy.page.getByText('holds no longer').waitFor(patience)
      expect(cy.page.url()).toBe(watch())
      for (const { context } of [bo, cy]) await context.close()
    })

    test('P43 a link that is reset at the very moment of entering is said to be void', async () => {
      const { page } = host
      const address = page.getByText('#invite=')
      const link = (await address.textContent(patience)) ?? ''
      const eve = await openScreen(browser, 'phone')
      let entered = 0
      await eve.page.route('**/enter', async (route) => {
        const response = await route.fetch()
        if (++entered === 1) {
          await page.getByRole('button', { name: 'Reset link' }).click()
          await page.getByRole('button', { name: 'Reset it' }).click()
          await expect.poll(() => address.textContent(), patience).not.toBe(link)
        }
        await route.fulfill({ response })
      })
      await eve.page.goto(link)
      await eve.page.getByText('holds no longer').waitFor(patience)
      expect(entered).toBe(2)
      expect(await axe(eve.page)).toEqual([])
      expect(eve.errors).toEqual([])
      await eve.context.close()
    })

    test('P43 a browser that keeps no cookies is told so, and is not left waiting', async () => {
      const link = (await host.page.getByText('#invite=').textContent(patience)) ?? ''
      const fay = await openScreen(browser, 'phone')
      await fay.page.route('**/enter', async (route) => {
        const response = await route.fetch()
        await fay.context.clearCookies()
        await route.fulfill({ status: response.status() })
      })
      await fay.page.goto(link)
      await fay.page.getByText('this browser keeps no cookies').waitFor(patience)
      expect(await axe(fay.page)).toEqual([])
      await fay.page.unrouteAll()
      await fay.page.getByRole('button', { name: 'Try again' }).click()
      await composer(fay).waitFor(patience)
      expect(fay.errors).toEqual([])
      await fay.context.close()
    })

    test('P43 for accounts the page leads to the sign-in and back', async () => {
      const { page } = host
      await edit(page)
      await page.getByRole('radio', { name: 'With an account' }).check()
      await page.getByRole('button', { name: 'Save' }).click()
      const dee = await openScreen(browser, 'phone')
      await dee.page.goto(server.url)
      await dee.page.getByText('Account needed').waitFor(patience)
      await dee.page.getByRole('link', { name: 'Closed show' }).click()
      await dee.page.getByRole('link', { name: 'Create an account' }).click()
      await dee.page.getByLabel('Name').fill('Dee')
      await dee.page.getByLabel('E-mail').fill('dee@stage.example')
      await dee.page.getByRole('textbox', { name: 'Password' }).fill('a long enough password')
      await dee.page.getByRole('button', { name: 'Create the account' }).click()
      await composer(dee).waitFor(patience)
      expect(dee.errors).toEqual([])
      await dee.context.close()
    })

    test('P40 V18 a stream that is over asks at its gate too, and shows its recording to whoever enters', async () => {
      const [cookie] = await host.context.cookies()
      const hana = createPerson(server.url, `${cookie!.name}=${cookie!.value}`)
      const at = '/api/streams/closed-show'
      const studio = await publish(server, hana, 'closed-show')
      const recordings = async () =>
        (await hana.call<Recordings>('GET', `${at}/recordings`)).recordings.map(({ state }) => state)
      await expect.poll(recordings, patience).toEqual(['recording'])
      studio.stop()
      await hana.call('POST', `${at}/end`)
      await expect.poll(recordings, patience).toEqual(['ready'])
      await hana.call('PATCH', at, { gate: { kind: 'passphrase', passphrase: PASSPHRASE } })
      const gil = await openScreen(browser, 'phone')
      const { page } = gil
      await page.goto(watch())
      await page.getByLabel('Passphrase').fill(PASSPHRASE)
      expect(gil.received.join('')).not.toContain('durationMs')
      await page.getByRole('button', { name: 'Enter' }).click()
      await expect.poll(() => gil.received.join(''), patience).toContain('durationMs')
      await page.locator('video').waitFor({ state: 'attached', ...patience })
      // Shut again while somebody looks back: not an empty stage, but what it asks for now.
      await hana.call('PATCH', at, { gate: { kind: 'invite' } })
      await page.getByText('This stream opens with an invite link alone.').waitFor(patience)
      expect(gil.errors).toEqual([])
      await gil.context.close()
    })

    test('no page met an error', () => {
      expect([...host.errors, ...ada.errors]).toEqual([])
    })
  },
)

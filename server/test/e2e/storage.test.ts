// What a browser keeps: of somebody else's private messages nothing, and of one's own nothing once signed out.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSecrets } from '../../tools/verify/canary.ts'
import { randomHex } from '../../tools/verify/run.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { guest, openShow } from '../show.ts'
import { chromiumMissing, launch, openScreen } from './browser.ts'

const missing = chromiumMissing()

/** Everything that outlives a page in this profile, as text. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]
    for (const { name = '' } of await indexedDB.databases()) {
      const open = indexedDB.open(name)
      await new Promise((resolve) => (open.onsuccess = resolve))
      for (const store of open.result.objectStoreNames) {
        const all = open.result.transaction(store).objectStore(store).getAll()
        await new Promise((resolve) => (all.onsuccess = resolve))
        parts.push(JSON.stringify(all.result))
      }
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        const response = await cache.match(request)
        parts.push(request.url, (await response?.text()) ?? '')
      }
    }
    return parts.join('\n')
  })
}

describe.skipIf(missing !== undefined)(`browser storage${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: ServerProcess
  let browser: Browser
  beforeAll(async () => {
    server = await startServer({ env: { MESSAGES_PER_SECOND: '100' } })
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  test('P1 a viewer’s browser was sent and keeps nothing that others told the host', async () => {
    const { host, stream } = await openShow(server)
    const secrets = createSecrets(randomHex)
    const bob = await guest(server, 'Bob')
    const [bobs, hosts] = [await bob.join(stream.slug), await host.join(stream.slug)]
    const whisper = async (by: typeof bobs, to?: string) => {
      const secret = secrets.text([bob.id, 'host'], 'a secret of Bob and the host')
      const ok = await by.ask({ t: 'whisper', text: secret.word, ...(to ? { to } : {}) })
      if (ok.t === 'ok' && ok.id) secrets.known(secret, ok.id)
      return ok.t
    }
    expect([await whisper(bobs), await whisper(hosts, bob.id)]).toEqual(['ok', 'ok'])

    const { page, received, context } = await openScreen(browser, 'phone')
    await page.goto(`${server.url}/watch/${stream.slug}`)
    await page.getByRole('tab', { name: 'To host' }).waitFor()
    expect([await whisper(bobs), await whisper(hosts, bob.id)]).toEqual(['ok', 'ok'])
    await hosts.ask({ t: 'say', text: 'Good evening, everyone' })
    await page.getByText('Good evening, everyone').waitFor()
    await page.reload()
    await page.getByText('Good evening, everyone').waitFor()
    expect(received.length).toBeGreaterThan(4)
    for (const text of received) expect(secrets.foreignIn(text, 'the viewer')).toEqual([])
    expect(secrets.foreignIn(await kept(page), 'the viewer')).toEqual([])
    await context.close()
  })
})

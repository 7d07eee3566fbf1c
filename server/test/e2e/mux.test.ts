// A host's browser, this server and Mux: what the camera sees arrives there as H.264 and AAC over RTMPS, and the key
// that lets it in has been nowhere else.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StreamPage } from '../../../shared/api/streams.ts'
import { signed, startFakeMux, type FakeMux, type MuxEvent } from '../fake-mux.ts'
import { complaints, hasFfmpeg, NO_FFMPEG, probe } from '../media/ffmpeg.ts'
import { startMediaServer, type MediaServer } from '../media-server.ts'
import { muxConfig, muxEnv } from '../mux-world.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { openShow, type Show } from '../show.ts'
import { chromiumMissing, launch, openScreen, type Screen } from './browser.ts'

const missing = chromiumMissing() ?? (hasFfmpeg ? undefined : NO_FFMPEG)
const patience = { timeout: 20_000 }

describe.skipIf(missing !== undefined)(
  `a show by Mux${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'stagedoor-mux-'))
    let fake: FakeMux
    let ingest: MediaServer
    let server: ServerProcess
    let browser: Browser
    let host: Screen
    let show: Show
    const received: string[] = []

    beforeAll(async () => {
      fake = await startFakeMux()
      ingest = await startMediaServer(folder)
      const config = muxConfig(fake.url, fake.credentials)
      server = await startServer({
        env: {
          ...muxEnv(config),
          MUX_INGEST_URL: ingest.rtmps,
          // Nobody has signed its certificate.
          NODE_EXTRA_CA_CERTS: ingest.cert,
        },
      })
      show = await openShow(server)
      browser = await launch()
      host = await openScreen(browser, 'desktop')
      const [name = '', value = ''] = show.host.cookie().split('=')
      await host.context.addCookies([{ name, value, url: server.url }])
    })
    afterAll(async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
      await ingest[Symbol.asyncDispose]()
      await fake.close()
      rmSync(folder, { recursive: true })
    })
    async function hook(event: MuxEvent) {
      const { body, headers } = signed(event, 'the-webhook-secret-of-a-test')
      expect((await fetch(`${server.url}/api/webhooks/mux`, { method: 'POST', body, headers })).status).toBe(
        204,
      )
    }
    const page = () => show.host.call<StreamPage>('GET', `/api/streams/${show.stream.slug}`)
    const live = () => [...fake.lives.values()][0]

    test('V24 what the camera sees arrives at Mux as H.264 and AAC, and no browser gets the key', async () => {
      await host.page.goto(`${server.url}/studio/${show.stream.slug}`)
      await host.page.getByText('Mux carries the video of this stream').waitFor(patience)
      await host.page.getByRole('button', { name: 'Go live' }).click(patience)
      await expect.poll(() => live()?.stream_key, patience).toBeDefined()
      const key = live()?.stream_key ?? ''
      await expect.poll(() => ingest.recordings(key).length, patience).toBe(1)
      await hook(fake.connects(live()!.id))
      await hook(fake.plays(live()!.id))
      await expect.poll(async () => (await page()).stream.state, patience).toBe('live')
      const [file = ''] = ingest.recordings(key)
      const media = () => probe(file).streams.filter(({ codec_name }) => codec_name !== undefined)
      const counted = () => media().map(({ nb_read_packets }) => Number(nb_read_packets))
      await expect.poll(() => Math.min(...counted(), Infinity), patience).toBeGreaterThan(60)

      // Ended by its host, it is ended at Mux: nobody gets in with this key again.
      await show.host.call('POST', `/api/streams/${show.stream.slug}/end`)
      await expect.poll(() => live()?.status, patience).toBe('disabled')
      expect(media().map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac'])
      expect(complaints(file)).toBe('')
      received.push(...host.received, server.output())
      expect(received.join('').length).toBeGreaterThan(1_000)
      expect(received.filter((text) => text.includes(key))).toEqual([])
      expect(host.errors).toEqual([])
    })
  },
)

// The real server with Mux configured, against the fake: what its pages may load, what its host gets, what its log says.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { StreamPage } from '../../shared/api/streams.ts'
import { signed, startFakeMux, type FakeMux, type MuxEvent } from './fake-mux.ts'
import { muxConfig, muxEnv } from './mux-world.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { openShow, type Show } from './show.ts'

let fake: FakeMux
let server: ServerProcess
let show: Show
let secrets: string[]
beforeAll(async () => {
  fake = await startFakeMux()
  const config = muxConfig(fake.url, fake.credentials)
  secrets = [config.tokenSecret, config.webhookSecret, config.privateKey.slice(40, 80)]
  server = await startServer({ env: muxEnv(config) })
  show = await openShow(server)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await fake.close()
})

async function hook(event: MuxEvent, secret = 'the-webhook-secret-of-a-test'): Promise<number> {
  const { body, headers } = signed(event, secret)
  return (await fetch(`${server.url}/api/webhooks/mux`, { method: 'POST', body, headers })).status
}
const page = () => show.host.call<StreamPage>('GET', `/api/streams/${show.stream.slug}`)

test('V21 pages may load video from every host of Mux, and scripts from none', async () => {
  const { headers } = await fetch(server.url)
  const policy = (headers.get('content-security-policy') ?? '').split('; ')
  expect(policy.filter((rule) => rule.includes('mux')).map((rule) => rule.split(' ')[0])).toEqual([
    'connect-src',
    'img-src',
    'media-src',
  ])
})

test('V22 an encoder that sends to Mux makes the stream live and over, as the webhooks say', async () => {
  const at = `/api/streams/${show.stream.slug}/ingest-key`
  const { key } = await show.host.call<IngestKey>('GET', at)
  secrets.push(key)
  const [live = ''] = [...fake.lives.keys()]
  expect(fake.lives.get(live)?.stream_key).toBe(key)
  expect(await hook(fake.plays(live), 'somebody-else')).toBe(400)
  expect((await page()).stream.state).toBe('scheduled')
  expect(await hook(fake.connects(live))).toBe(204)
  expect(await hook(fake.plays(live))).toBe(204)
  await expect.poll(async () => (await page()).stream.state).toBe('live')
  expect((await page()).playback.hls).toMatch(/^https:\/\/stream\.mux\.com\/\w+\.m3u8\?token=eyJ/)
  expect(await hook(fake.idles(live))).toBe(204)
  await expect.poll(async () => (await page()).stream.state).toBe('ended')
})

test('V24 no secret of Mux is in what the server printed', () => {
  expect(server.output()).toContain('mux webhook')
  expect(secrets.filter((secret) => server.output().includes(secret))).toEqual([])
})

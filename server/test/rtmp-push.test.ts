// V13 against another project's server: what it was sent, over rtmp and rtmps, ffprobe reads as H.264 and AAC.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDial } from '../adapters/rtmp/dial.ts'
import { systemClock as clock, systemRandom as random } from '../adapters/system/index.ts'
import type { PushState } from '../app/video-ports.ts'
import { createPusher } from '../video/rtmp/publisher.ts'
import type { Simulcast } from '../../shared/api/simulcast.ts'
import { encode } from './encoder.ts'
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { StreamPage } from '../../shared/api/streams.ts'
import { complaints, hasFfmpeg, makeFootage, probe, type Footage } from './media/ffmpeg.ts'
import { judged } from './media/judged.ts'
import { startMediaServer, type MediaServer } from './media-server.ts'
import { freePort, startServer } from './server-process.ts'
import { openShow } from './show.ts'

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-push-'))
let server: MediaServer
let camera: Footage
beforeAll(async () => {
  server = await startMediaServer(folder)
  if (hasFfmpeg) camera = makeFootage({ seconds: 3 })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

function push(url: string, key: string, ca?: string) {
  const states: PushState[] = []
  const pusher = createPusher({ clock, random, dial: createDial(ca === undefined ? {} : { ca }) })
  const tap = pusher.push({ url, key }, (state) => states.push(state))
  return { tap, states, last: () => states.at(-1) }
}

for (const scheme of ['rtmp', 'rtmps'] as const)
  judged(`V13 over ${scheme} another server gets every packet, and ffprobe reads H.264 and AAC`, async () => {
    const key = `key-${scheme}`
    const { tap, states, last } = push(server[scheme], key, readFileSync(server.cert, 'utf8'))
    await expect.poll(last).toEqual({ state: 'live', says: null })
    for (const config of camera.configs) tap.config(config)
    const start = clock.now()
    for (const packet of camera.packets) tap.packet({ ...packet, ts: packet.ts + start })
    tap.end()
    await expect.poll(() => server.recordings(key)).toHaveLength(1)
    const [file = ''] = server.recordings(key)
    // This recorder keeps the command in front of the metadata, which makes them a stream to ffprobe; those of ffmpeg's
    // own pushes look the same.
    const media = () => probe(file).streams.filter(({ codec_name }) => codec_name !== undefined)
    const counted = () => media().map(({ nb_read_packets }) => Number(nb_read_packets))
    const sent = (kind: string) => camera.packets.filter(({ track }) => track === kind).length
    await expect.poll(counted).toEqual([sent('video'), sent('audio')])
    expect(complaints(file)).toBe('')
    expect(media()).toMatchObject([
      { codec_name: 'h264', width: 320, height: 180 },
      { codec_name: 'aac', sample_rate: '48000' },
    ])
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'live', 'closed'])
  })

test('V13 a certificate that nobody vouches for is not trusted, and a port that nobody has does not answer', async () => {
  const { tap, last } = push(server.rtmps, 'key')
  await expect.poll(last).toEqual({ state: 'waiting', says: 'Its certificate is not to be trusted.' })
  tap.close()
  const nobody = push(`rtmp://127.0.0.1:${await freePort()}/app`, 'key')
  await expect.poll(nobody.last).toEqual({ state: 'waiting', says: 'Nobody answers at this address.' })
  nobody.tap.close()
  expect(nobody.last()).toEqual({ state: 'closed', says: null })
})

judged(
  'V13 a show goes on to its targets while it is live; one that is dead harms neither it nor the others',
  async () => {
    const port = await freePort()
    await using stagedoor = await startServer({ env: { RTMP_PORT: String(port), SIMULCAST_PRIVATE: 'yes' } })
    const { host, stream } = await openShow(stagedoor)
    const at = `/api/streams/${stream.slug}`
    const targets = async () => (await host.call<Simulcast>('GET', `${at}/simulcast`)).targets
    const add = (name: string, url: string) =>
      host.call<Simulcast>('POST', `${at}/simulcast`, { name, url, key: `simulcast-${name}` }, 201)
    await add('there', server.rtmp)
    await add('dead', `rtmp://127.0.0.1:${await freePort()}/app`)
    expect((await targets()).map(({ state }) => state)).toEqual(['off', 'off'])

    const { key } = await host.call<IngestKey>('GET', `${at}/ingest-key`)
    const encoder = encode(`rtmp://127.0.0.1:${port}/live/${key}`)
    await expect.poll(async () => (await targets())[0]?.state).toBe('live')
    await expect.poll(async () => (await targets())[1]?.says).toBe('Nobody answers at this address.')
    // Added while it is live: at once. Removed: nothing comes any more.
    const [, , late] = (await add('late', server.rtmp)).targets
    const counted = (name: string) => {
      const [file] = server.recordings(`simulcast-${name}`)
      return file === undefined
        ? 0
        : Number(probe(file).streams.find((one) => one.codec_name === 'h264')?.nb_read_packets ?? 0)
    }
    await expect.poll(() => counted('late')).toBeGreaterThan(30)
    await host.call('DELETE', `${at}/simulcast/${late?.id}`)
    await expect.poll(() => counted('there')).toBeGreaterThan(90)
    expect((await host.call<StreamPage>('GET', at)).playback.state).toBe('live')
    await host.call('POST', `${at}/end`, {})
    await encoder.ended
    await expect.poll(async () => (await targets()).map(({ state }) => state)).toEqual(['off', 'off'])
    const [file = ''] = server.recordings('simulcast-there')
    expect(complaints(file)).toBe('')
    expect(stagedoor.output()).not.toContain('simulcast-there')
  },
)

test('V13 unless it is allowed, no target is looked for in private networks, by name or by number', async () => {
  const knocks: string[] = []
  for (const host of [
    '127.0.0.1',
    'localhost',
    '10.1.2.3',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
  ]) {
    const pusher = createPusher({ clock, random, dial: createDial({ publicOnly: true }) })
    const states: PushState[] = []
    const tap = pusher.push(
      { url: `rtmp://${host}:${new URL(server.rtmp.replace('rtmp', 'http')).port}/app`, key: 'k' },
      (state) => states.push(state),
    )
    await expect.poll(() => states.at(-1)?.state).toBe('waiting')
    knocks.push(states.at(-1)?.says ?? '')
    tap.close()
  }
  expect(knocks.filter((says) => !says.includes('private network'))).toEqual([])
})

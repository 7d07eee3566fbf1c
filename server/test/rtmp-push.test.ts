// V13 against another project's server: what it was sent, over rtmp and rtmps, ffprobe reads as H.264 and AAC.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDial } from '../adapters/rtmp/dial.ts'
import { systemClock as clock, systemRandom as random } from '../adapters/system/index.ts'
import type { PushState } from '../app/video-ports.ts'
import { createPusher } from '../video/rtmp/publisher.ts'
import { complaints, hasFfmpeg, makeFootage, NO_FFMPEG, probe, type Footage } from './media/ffmpeg.ts'
import { startMediaServer, type MediaServer } from './media-server.ts'
import { freePort } from './server-process.ts'

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

const judged = (name: string, run: () => Promise<void>) =>
  hasFfmpeg ? test(name, run) : test.skip(`${name} (${NO_FFMPEG})`, run)

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

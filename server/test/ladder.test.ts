// V39 with the real server: an encoder sends one picture size, and viewers have two.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { StreamPage } from '../../shared/api/streams.ts'
import { ffmpegsOf } from './children.ts'
import { encode } from './encoder.ts'
import { complaints, probe } from './media/ffmpeg.ts'
import { judged } from './media/judged.ts'
import { freePort, startServer } from './server-process.ts'
import { openShow } from './show.ts'

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-ladder-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function text(url: string | URL): Promise<string> {
  const answer = await fetch(url)
  return answer.ok ? answer.text() : ''
}

/** Everything of a playlist that has one beginning, in one file. */
async function saved(name: string, url: URL): Promise<string> {
  const pieces: Buffer[] = []
  for (const [piece] of (await text(url)).matchAll(/[\w-]+(\.\d+)?\.(m4s|mp4)/g))
    pieces.push(Buffer.from(await (await fetch(new URL(piece, url))).arrayBuffer()))
  const file = join(folder, name)
  writeFileSync(file, Buffer.concat(pieces))
  return file
}

judged('V39 an encoder sends 720p, viewers have 720p and 360p, and both decode', async () => {
  const port = await freePort()
  await using server = await startServer({ env: { RTMP_PORT: String(port), LADDER: 'ffmpeg' } })
  const { host, stream } = await openShow(server)
  const at = `/api/streams/${stream.slug}`
  const { key } = await host.call<IngestKey>('GET', `${at}/ingest-key`)
  const playback = async () => (await host.call<StreamPage>('GET', at)).playback
  expect(ffmpegsOf(server.pid)).toEqual([])
  const encoder = encode(`rtmp://127.0.0.1:${port}/live/${key}`, ['-s', '1280x720'])

  await expect.poll(async () => (await playback()).hls).toContain('/master.m3u8')
  const { hls, hlsPlain } = await playback()
  for (const master of [hls, hlsPlain]) {
    const sizes = [...(await text(`${server.url}${master}`)).matchAll(/RESOLUTION=(\w+)/g)]
    expect(sizes.map(([, size]) => size).sort()).toEqual(['1280x720', '640x360'])
  }
  const [child] = ffmpegsOf(server.pid)
  process.kill(child!, 'SIGKILL')
  await expect.poll(() => ffmpegsOf(server.pid).filter((pid) => pid !== child).length).toBe(1)
  const base = new URL(`${server.url}${hlsPlain}`)
  const low = new URL('low-plain.m3u8', base)
  const segments = async () => (await text(low)).match(/\.m4s/g)?.length ?? 0
  const before = await segments()
  await expect.poll(segments).toBeGreaterThan(before + 1)
  expect((await playback()).state).toBe('live')

  await encoder.stop()
  await host.call('POST', `${at}/end`, {})
  await expect.poll(() => ffmpegsOf(server.pid)).toEqual([])
  // One beginning: what became of ffmpeg is not to be seen in main.
  expect(await text(new URL('plain.m3u8', base))).not.toContain('#EXT-X-DISCONTINUITY\n')
  const large = await saved('main.mp4', new URL('plain.m3u8', base))
  const small = await saved('low.mp4', low)
  const [lowVideo, lowAudio] = probe(small).streams
  expect(lowVideo).toMatchObject({ codec_name: 'h264', width: 640, height: 360 })
  expect(lowAudio).toMatchObject({ codec_name: 'aac' })
  expect(probe(large).streams[0]).toMatchObject({ codec_name: 'h264', width: 1280, height: 720 })
  expect([complaints(large), complaints(small)]).toEqual(['', ''])
})

judged('V39 a server that ends in the middle of a show leaves no ffmpeg', async () => {
  const port = await freePort()
  await using server = await startServer({ env: { RTMP_PORT: String(port), LADDER: 'ffmpeg' } })
  const { host, stream } = await openShow(server)
  const { key } = await host.call<IngestKey>('GET', `/api/streams/${stream.slug}/ingest-key`)
  const encoder = encode(`rtmp://127.0.0.1:${port}/live/${key}`, ['-s', '1280x720'])
  await expect.poll(() => ffmpegsOf(server.pid).length).toBe(1)
  const [child] = ffmpegsOf(server.pid)
  const isThere = () => {
    try {
      return process.kill(child!, 0)
    } catch {
      return false
    }
  }
  expect(isThere()).toBe(true)
  expect(await server.stop()).toBe(0)
  await expect.poll(isThere).toBe(false)
  await encoder.stop()
})

test('V39 without ffmpeg the server says so and goes on', async () => {
  await using server = await startServer({ env: { LADDER: 'ffmpeg', PATH: '/nowhere' } })
  expect(server.output()).toContain('LADDER=ffmpeg: no ffmpeg on this machine; viewers get one picture size')
  await openShow(server)
})

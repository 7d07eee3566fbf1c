// Recordings on the real server: published over the wire, kept on the disk, judged by ffmpeg.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Recording } from '../../shared/api/recordings.ts'
import type { StreamPage } from '../../shared/api/streams.ts'
import type { Person } from './client.ts'
import { complaints, hasFfmpeg, makeFootage, NO_FFMPEG, probe, type Footage } from './media/ffmpeg.ts'
import { count, names } from './media/recorded.ts'
import { publish } from './publisher.ts'
import { ask, filesOf, isLive, recordingsOf, save, settled, takes, type Asked } from './recorded-show.ts'
import { startServer } from './server-process.ts'
import { guest, openShow } from './show.ts'
import { mountSmallDisk, noSmallDisk } from './small-disk.ts'

const SLOW = 240_000
const folder = mkdtempSync(join(tmpdir(), 'stagedoor-recorded-'))
const ENV = { INGEST_KBPS: '1000000', RECORDING_RESERVE_MB: '0' }
let camera: Footage
let screen: Footage
beforeAll(() => {
  if (!hasFfmpeg) return
  camera = makeFootage({ seconds: 8 })
  screen = makeFootage({ seconds: 2, size: '640x360', sampleRate: 44_100, channels: 1 })
})
afterAll(() => rmSync(folder, { recursive: true }))

const pictures = (file: string) => Number(probe(file).streams[0]?.nb_read_packets)
const sent = ({ packets }: Footage) => packets.filter(({ track }) => track === 'video').length

describe.skipIf(!hasFfmpeg)(`recordings${hasFfmpeg ? '' : ` (${NO_FFMPEG})`}`, () => {
  test(
    'V14 V18 V19 V41 a show with a drop and another encoder: plays, is cut, downloaded and deleted',
    async () => {
      await using server = await startServer({ env: ENV })
      const { host, stream } = await openShow(server)
      const ada = await guest(server, 'Ada')
      const at = `/api/streams/${stream.slug}/recordings`
      expect(await recordingsOf(ada, stream)).toEqual([])

      const first = await publish(server.url, host, stream.slug)
      first.configs(camera.configs)
      await first.burst(camera.packets)
      await isLive(ada, stream)
      const { playback } = await ada.call<StreamPage>('GET', `/api/streams/${stream.slug}`)
      const dvr = await ask(server, null, 'GET', playback.dvr!)
      expect(names(await dvr.text()).length).toBeGreaterThan(5)

      const jpeg = Buffer.concat([
        Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
        Buffer.alloc(200),
        Buffer.from([0xff, 0xd9]),
      ])
      const picture = (person: Person, body: Uint8Array, type = 'image/jpeg') =>
        ask(server, person, 'PUT', `/api/streams/${stream.slug}/thumbnail`, {
          body: Buffer.from(body),
          headers: { 'content-type': type },
        })
      await expect.poll(async () => (await picture(host, jpeg)).status).toBe(204)
      expect((await picture(host, jpeg)).status).toBe(429)
      expect((await picture(ada, jpeg)).status).toBe(403)
      expect((await picture(host, jpeg.subarray(4))).status).toBe(400)
      expect((await picture(host, jpeg, 'application/json')).status).toBe(400)
      expect((await picture(host, Buffer.concat([jpeg, Buffer.alloc(30_000), jpeg]))).status).toBe(413)
      await first.drop()

      const second = await publish(server.url, host, stream.slug)
      second.configs(camera.configs)
      // It goes on behind what there was, and may not run ahead of the clock.
      const late = camera.packets.filter(({ ts }) => ts < 2_000)
      await second.burst(late)
      second.configs(screen.configs)
      await second.burst(screen.packets)
      await host.call('POST', `/api/streams/${stream.slug}/end`)

      const recording = await settled(host, stream)
      const { id, hls, wholeMs } = recording
      expect(recording).toMatchObject({ provider: 'local', fault: null, downloads: 2, expiresAt: null })
      expect((await recordingsOf(ada, stream))[0]).toMatchObject({ id, bytes: null })
      expect(recording.bytes).toBeGreaterThan(100_000)
      const vod = await (await ask(server, null, 'GET', hls)).text()
      expect(count(vod, /^#EXT-X-DISCONTINUITY$/gm)).toBe(2)
      expect(vod).toContain('#EXT-X-ENDLIST')
      const files = await takes(server, folder, hls)
      expect(files.map(complaints)).toEqual(['', '', ''])
      expect(files.map(pictures)).toEqual([sent(camera), 60, sent(screen)])

      // Two settings of the encoder are two files, and each is whole.
      const download = (part?: number, more?: Asked, person: Person | null = host) =>
        ask(
          server,
          person,
          'GET',
          `${at}/${id}/download.mp4${part === undefined ? '' : `?part=${part}`}`,
          more,
        )
      expect(await (await download()).json()).toMatchObject({ code: 'bad_request', field: 'part' })
      const whole = await download(1)
      expect(whole.headers.get('content-disposition')).toContain(`${stream.slug}-`)
      const tag = whole.headers.get('etag')!
      const file = await save(folder, whole)
      expect(whole.headers.get('content-length')).toBe(String(statSync(file).size))
      expect(complaints(file)).toBe('')
      expect(pictures(file)).toBe(sent(camera) + 60)
      expect(
        Number(
          execFileSync('ffprobe', [
            '-v',
            'error',
            '-show_entries',
            'format=duration',
            '-of',
            'csv=p=0',
            file,
          ]),
        ),
      ).toBeCloseTo(10, 0)
      const other = await save(folder, await download(2))
      expect([complaints(other), pictures(other)]).toEqual(['', sent(screen)])
      expect((await download(3)).status).toBe(404)
      expect((await download(1, {}, ada)).status).toBe(403)
      expect((await download(1, {}, null)).status).toBe(401)

      // Any stretch of it is the same stretch.
      const bytes = execFileSync('cat', [file], { maxBuffer: 64e6 })
      for (const [from, to] of [
        [0, 10],
        [500, 100_000],
        [bytes.byteLength - 5_000, bytes.byteLength],
      ] as const) {
        const part = await download(1, { headers: { range: `bytes=${from}-${to - 1}`, 'if-range': tag } })
        expect(part.status).toBe(206)
        expect(part.headers.get('content-length')).toBe(String(to - from))
        expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${bytes.byteLength}`)
        expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true)
      }
      expect((await download(1, { headers: { range: `bytes=${bytes.byteLength}-` } })).status).toBe(416)
      expect((await download(1, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })).status).toBe(200)

      // The picture lies where it was taken; only that one is there.
      const vtt = await (await ask(server, null, 'GET', recording.thumbnails!)).text()
      const [shown = ''] = /^[\w-]+\.jpg$/m.exec(vtt) ?? []
      expect(recording.poster).toContain(shown)
      const shownAt = await ask(server, null, 'GET', recording.poster!)
      expect(shownAt.headers.get('content-type')).toBe('image/jpeg')
      expect(Buffer.from(await shownAt.arrayBuffer()).equals(jpeg)).toBe(true)

      // Cut at both ends: what is cut off is not to be had by its name.
      const all = names(vod)
      const cut = (startMs: number, endMs: number | null, person: Person = host) =>
        ask(server, person, 'PATCH', `${at}/${id}`, {
          body: JSON.stringify({ trim: { startMs, endMs } }),
          headers: { 'content-type': 'application/json' },
        })
      expect((await cut(2_500, 6_500, ada)).status).toBe(403)
      const trimmed = (await (await cut(2_500, 6_500)).json()) as Recording
      expect(trimmed).toMatchObject({ wholeMs, trim: { startMs: 2_500, endMs: 6_500 }, downloads: 1 })
      expect(trimmed.durationMs).toBeCloseTo(3_000, -2)
      expect(trimmed.startedAt - recording.startedAt).toBeCloseTo(3_000, -2)
      const rest = names(await (await ask(server, null, 'GET', hls)).text())
      expect(rest).toEqual(all.slice(3, 6))
      // From memory neither, where the show stays for two minutes after its end.
      for (const name of all) {
        const { status } = await ask(server, null, 'GET', hls.replace(/[^/]+$/, name))
        expect([name, status]).toEqual([name, rest.includes(name) ? 200 : 404])
      }
      expect((await ask(server, null, 'GET', playback.dvr!)).status).toBe(404)
      const short = await save(folder, await download())
      expect([complaints(short), pictures(short)]).toEqual(['', 90])
      expect((await cut(900_000, null)).status).toBe(400)
      expect((await cut(5_000, 4_000)).status).toBe(400)
      await cut(0, null)
      expect(names(await (await ask(server, null, 'GET', hls)).text())).toEqual(all)

      // Gone is gone, from the disk too.
      expect(filesOf(server).length).toBeGreaterThan(10)
      expect((await ask(server, ada, 'DELETE', `${at}/${id}`)).status).toBe(403)
      expect((await ask(server, host, 'DELETE', `${at}/${id}`)).status).toBe(204)
      expect(filesOf(server)).toEqual([])
      expect(await recordingsOf(host, stream)).toEqual([])
      for (const path of [hls, recording.poster!, recording.thumbnails!])
        expect([path, (await ask(server, null, 'GET', path)).status]).toEqual([path, 404])
      expect((await ask(server, host, 'DELETE', `${at}/${id}`)).status).toBe(404)
    },
    SLOW,
  )

  test(
    'V14 V16 after kill -9 the recording is whole up to its last segment, and the stream goes on in another',
    async () => {
      const server = await startServer({ env: ENV })
      const { host, stream } = await openShow(server)
      const studio = await publish(server.url, host, stream.slug)
      studio.configs(camera.configs)
      await studio.burst(camera.packets)
      await isLive(host, stream)
      await expect.poll(() => filesOf(server).filter((name) => name.endsWith('.m4s')).length).toBe(7)
      await server.kill()
      await using again = await startServer({
        ...{ env: ENV, dataDir: server.dataDir },
        port: Number(new URL(server.url).port),
      })
      const recording = await settled(host, stream)
      expect(recording.fault).toContain('The server stopped')
      expect(recording.wholeMs).toBeCloseTo(7_000, -2)
      const vod = await (await ask(again, null, 'GET', recording.hls)).text()
      expect(vod).toContain('#EXT-X-ENDLIST')
      expect(names(vod)).toHaveLength(7)
      const [file] = await takes(again, folder, recording.hls)
      expect([complaints(file!), pictures(file!)]).toEqual(['', 210])

      const back = await publish(again.url, host, stream.slug)
      back.configs(camera.configs)
      await back.burst(camera.packets)
      await isLive(host, stream)
      await settled(host, stream, 'recording')
      // What is being written cannot be cut or deleted, and plays as far as it goes.
      const [, growing] = await recordingsOf(host, stream)
      const path = `/api/streams/${stream.slug}/recordings/${growing!.id}`
      expect((await ask(again, host, 'DELETE', path)).status).toBe(409)
      await expect
        .poll(async () => names(await (await ask(again, null, 'GET', growing!.hls)).text()).length)
        .toBeGreaterThan(5)
      // A server that stops in good order leaves nothing open.
      await again.stop()
      await using third = await startServer({
        ...{ env: ENV, dataDir: server.dataDir },
        port: Number(new URL(server.url).port),
      })
      const both = await recordingsOf(host, stream)
      expect(both.map(({ state, fault }) => [state, fault === null])).toEqual([
        ['ready', false],
        ['ready', true],
      ])
      // Erased with its stream.
      await host.call('POST', `/api/streams/${stream.slug}/end`)
      await host.call('DELETE', `/api/streams/${stream.slug}`)
      expect(filesOf(third)).toEqual([])
    },
    SLOW,
  )

  const full = 'V15 the disk is full: the show goes on, the host is told, what was recorded plays'
  test.skipIf(noSmallDisk !== null)(
    `${full}${noSmallDisk === null ? '' : ` (${noSmallDisk})`}`,
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'stagedoor-full-'))
      const disk = mountSmallDisk(join(dataDir, 'recordings'), '900k')
      const server = await startServer({ env: ENV, dataDir, empty: true })
      try {
        const { host, stream } = await openShow(server)
        const studio = await publish(server.url, host, stream.slug)
        studio.configs(camera.configs)
        await studio.burst(camera.packets)
        await isLive(host, stream)
        await expect.poll(async () => (await recordingsOf(host, stream))[0]?.fault).toContain('no room left')
        const { playback } = await host.call<StreamPage>('GET', `/api/streams/${stream.slug}`)
        const newest = async () =>
          names(await (await ask(server, null, 'GET', playback.hlsPlain)).text()).at(-1)
        const before = await newest()
        await studio.burst(camera.packets.filter(({ ts }) => ts < 4_000))
        await expect.poll(newest).not.toBe(before)
        expect(studio.heard).not.toContainEqual(expect.objectContaining({ t: 'refused' }))
        await host.call('POST', `/api/streams/${stream.slug}/end`)
        const recording = await settled(host, stream)
        expect(recording.wholeMs).toBeGreaterThan(1_900)
        const files = await takes(server, folder, recording.hls)
        expect(files.map(complaints)).toEqual(files.map(() => ''))
        expect(server.output()).toContain('recording.rests')
      } finally {
        await server.stop()
        disk.unmount()
        rmSync(dataDir, { recursive: true })
      }
    },
    SLOW,
  )
})

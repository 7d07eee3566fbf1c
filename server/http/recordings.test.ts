import { expect, test } from 'vitest'
import type { Me } from '../../shared/api/identity.ts'
import type { Recording, Recordings } from '../../shared/api/recordings.ts'
import type { StreamCard } from '../../shared/api/streams.ts'
import type { MediaElsewhere, MediaFile, MediaQuery } from '../app/video-ports.ts'
import { createWorld, type Browser } from '../test/web-world.ts'
import { rangeOf } from './range.ts'

/** A stream with one recording of six seconds, four segments with a key frame each but the third. */
async function recorded(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const host = await world.host()
  const stream = (await host.post('/api/streams', { title: 'Show' })).body as StreamCard
  const { rows, recorder, hosts, storage } = world.recording
  hosts.set(stream.id, stream.host.id)
  const tape = recorder.tape(stream.id, 'show')!
  const start = world.clock.now()
  for (let msn = 0; msn < 4; msn++)
    tape.segment({
      ...{
        msn,
        take: 1,
        init: new Uint8Array(8),
        at: start + msn * 1_000,
        ms: 1_000,
        independent: msn !== 2,
      },
      ...{ discontinuity: false, discontinuities: 0, bytes: new Uint8Array([msn]) },
    })
  tape.end()
  await recorder.close()
  const [row] = await rows.ofStream(stream.id)
  const at = `/api/streams/${stream.slug}/recordings`
  return { world, host, stream, storage, id: row!.id, at, one: `${at}/${row!.id}` }
}
const listed = async (browser: Browser, at: string) => ((await browser.get(at)).body as Recordings).recordings
const trim = (startMs: number, endMs: number | null = null) => ({ trim: { startMs, endMs } })
const range = ({ startedAt, durationMs }: Recording, start: number) => [startedAt - start, durationMs]

test('V18 a cut moves to where nothing of what was cut shows, and can be taken back', async () => {
  const { world, host, at, one } = await recorded()
  const [whole] = await listed(host, at)
  const start = whole!.startedAt
  const after = async (startMs: number, endMs: number | null) =>
    range((await host.patch(one, trim(startMs, endMs))).body as Recording, start)
  expect(range(whole!, start)).toEqual([0, 4_000])
  expect(await after(2, null)).toEqual([1_000, 3_000])
  expect(await after(1_000, null)).toEqual([1_000, 3_000])
  // The third segment begins without a key frame: nothing can begin there.
  expect(await after(1_002, null)).toEqual([3_000, 1_000])
  expect(await after(0, 3_998)).toEqual([0, 3_000])
  expect(await after(1_000, 2_000)).toEqual([1_000, 1_000])
  for (const [from, to] of [
    [1_000, 1_500],
    [3_002, null],
    [4_000, null],
  ] as const)
    expect((await host.patch(one, trim(from, to))).body).toMatchObject({ field: 'trim' })
  for (const wrong of [trim(-1), trim(0.5), trim(5, 5), { trim: { startMs: 0 } }, {}])
    expect((await host.patch(one, wrong)).status).toBe(400)
  expect(await after(0, null)).toEqual([0, 4_000])
  expect(world.faults).toEqual([])
})

test('V18 P40 whom the gate keeps out is told the same of recordings as of their stream', async () => {
  const { host, at, one, world, stream } = await recorded()
  const page = `/api/streams/${stream.slug}`
  const [stranger, guest] = [world.browser(), world.browser()]
  const { principal } = (await guest.post('/api/guest', { name: 'Ada' })).body as Me
  for (const kind of ['passphrase', 'invite', 'accounts', 'members'] as const) {
    await host.patch(page, {
      gate: { kind, ...(kind === 'passphrase' ? { passphrase: 'open sesame' } : {}) },
    })
    for (const browser of [stranger, guest]) {
      const refused = await browser.get(at)
      expect([kind, refused.status]).toEqual([kind, 403])
      expect(refused.body).toMatchObject({ closed: { slug: stream.slug, gate: kind } })
      expect(refused.body).toEqual((await browser.get(page)).body)
    }
    expect(await listed(host, at)).toHaveLength(1)
  }
  world.ban(principal!.id, stream.id)
  expect((await guest.get(at)).body).toMatchObject({ code: 'banned' })
  expect(await stranger.get('/api/streams/none/recordings')).toMatchObject({
    ...{ status: 404, body: { code: 'not_found' } },
  })
  expect((await stranger.get(`${one}/download.mp4`)).status).toBe(401)
})

test('V18 recordings are the business of their host alone', async () => {
  const { world, host, at, one, id } = await recorded()
  const guest = world.browser()
  await guest.post('/api/guest', { name: 'Ada' })
  for (const [method, path, body] of [
    ['PATCH', one, trim(1_000)],
    ['DELETE', one, undefined],
    ['GET', `${one}/download.mp4`, undefined],
  ] as const) {
    expect([method, (await world.browser().ask(method, path, body)).status]).toEqual([method, 401])
    expect([method, (await guest.ask(method, path, body)).status]).toEqual([method, 403])
    expect((await host.ask(method, path.replace(id, 'x'), body)).status).toBe(404)
  }
  // By way of another stream of the same host it is not there.
  const other = (await host.post('/api/streams', { title: 'Other' })).body as StreamCard
  expect((await host.ask('DELETE', `/api/streams/${other.slug}/recordings/${id}`)).status).toBe(404)
  expect(await listed(guest, at)).toMatchObject([{ bytes: null, fault: null }])
  expect(await listed(host, at)).toMatchObject([{ id, bytes: 4 }])
  expect((await host.ask('DELETE', one)).status).toBe(204)
  expect([...world.recording.storage.objects.keys()]).toEqual([])
  expect(await listed(host, at)).toEqual([])
})

test('V17 V18 media is sent as it is, packed when it is long, or from where it lies', async () => {
  const asked: MediaQuery[] = []
  const body = '#EXTINF:1.00000,\n'.repeat(2_000)
  const files: Record<string, MediaFile | MediaElsewhere> = {
    'p-vod.m3u8': { contentType: 'application/vnd.apple.mpegurl', maxAge: 0, body },
    'p-1.m4s': { location: 'https://bucket.example/p-1.m4s?signed' },
  }
  const get = (_stream: string, file: string, query: MediaQuery) => {
    asked.push(query)
    return Promise.resolve(files[file] ?? null)
  }
  const access = { may: true }
  const world = createWorld({ http: { media: { get }, mayWatch: () => Promise.resolve(access.may) } })
  const at = '/hls/6f9619ff-8b86-4011-b42d-00c04fc964ff'
  const ada = world.browser()
  expect((await ada.get(`${at}/p-vod.m3u8`)).body).toBe(body)
  const packed = await ada.get(`${at}/p-vod.m3u8`, { 'accept-encoding': 'gzip' })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(Number(packed.headers.get('content-length'))).toBeLessThan(body.length / 10)
  const sent = await ada.get(`${at}/p-1.m4s`)
  expect([sent.status, sent.headers.get('location')]).toEqual([302, 'https://bucket.example/p-1.m4s?signed'])
  await ada.get(`${at}/p-vod.m3u8?_HLS_skip=YES`)
  await ada.get(`${at}/p-vod.m3u8?_HLS_skip=no`)
  expect(asked.slice(-2)).toEqual([{ skip: true }, {}])
  access.may = false
  const count = asked.length
  expect((await ada.get(`${at}/p-1.m4s`)).status).toBe(404)
  expect(asked).toHaveLength(count)
})

test('V19 a range is what the header says, the whole when it says nothing clear, or outside', () => {
  const cases: [string | undefined, ReturnType<typeof rangeOf>][] = [
    [undefined, null],
    ['bytes=0-9', [0, 10]],
    ['bytes=90-', [90, 100]],
    ['bytes=90-500', [90, 100]],
    ['bytes=-10', [90, 100]],
    ['bytes=-500', [0, 100]],
    ['bytes=99-99', [99, 100]],
    ['bytes=100-', 'outside'],
    ['bytes=-0', 'outside'],
    ['bytes=9-0', null],
    ['bytes=-', null],
    ['bytes=0-1,5-6', null],
    ['lines=0-1', null],
  ]
  for (const [header, range] of cases) expect([header, rangeOf(header, 100)]).toEqual([header, range])
})

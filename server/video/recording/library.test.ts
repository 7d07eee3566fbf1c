import { expect, test } from 'vitest'
import { count, end, names, show } from '../../test/media/recorded.ts'
import { createRecordingWorld } from '../../test/media/recording.ts'
import { stretch } from '../../test/media/packets.ts'
import { piecesOf, pieceKey, playing, readReel, writeReel, type Piece } from './reel.ts'
import { vodPlaylist } from './playlists.ts'
import { posterOf, thumbnailList } from './thumbs.ts'

const piece = (msn: number, more: Partial<Piece> = {}): Piece => ({
  ...{ msn, take: 1, config: 1, at: 1_000_000 + msn * 1_000, ms: 1_000, independent: true, bytes: 5 },
  ...more,
})
const pieces = (count: number) => Array.from({ length: count }, (_, i) => piece(i))

test('V16 the names of objects say all that there is to know, and so does the reel', () => {
  const all = [piece(0), piece(2, { take: 3, config: 2, ms: 999.967, independent: false }), piece(10)]
  const objects = all.map((one) => ({ key: pieceKey('id', 'pre-fix_1', one), bytes: one.bytes }))
  const strangers = ['id/thumbs/5.jpg', 'id/pre-init1.mp4', 'id/reel.json'].map((key) => ({ key, bytes: 1 }))
  expect(piecesOf([...strangers, ...objects.toReversed()])).toEqual(all)
  expect(piecesOf(objects.map(({ key }) => ({ key, bytes: 4 })))).toEqual([])
  expect(readReel(writeReel(all))).toEqual(all)
  for (const wrong of [
    '',
    'null',
    '[]',
    '{"v":2,"pieces":[]}',
    '{"v":1,"pieces":[[1]]}',
    '{"v":1,"pieces":{}}',
  ])
    expect([wrong, readReel(wrong)]).toEqual([wrong, null])
})

test('V18 whatever the cut, what plays begins at a key frame and lies within it', () => {
  const all = pieces(30).map((one, i) => ({ ...one, ms: 900 + i, independent: i % 3 !== 1 }))
  let from = 0
  const spans = all.map((one) => ({ one, from, to: (from += one.ms) }))
  for (let startMs = 0; startMs < from; startMs += 137)
    for (const endMs of [null, startMs + 1, startMs + 3_333, from - 1]) {
      const kept = playing(all, { startMs, endMs })
      const [first] = kept
      if (startMs > 0 && first) expect(first.independent).toBe(true)
      for (const one of kept) {
        const span = spans[one.msn]!
        expect(span.from).toBeGreaterThanOrEqual(startMs === 0 ? 0 : startMs - 1)
        expect(span.to).toBeLessThanOrEqual((endMs ?? from) + 1)
      }
      // Nothing is left out in the middle.
      expect(kept.map(({ msn }) => msn)).toEqual(kept.map((_, i) => (first?.msn ?? 0) + i))
    }
})

test('V14 what is missing is a discontinuity, and every segment says its time', () => {
  const text = vodPlaylist(
    'p',
    [piece(0), piece(1), piece(4), piece(5, { take: 2 }), piece(6, { take: 2, config: 2 })],
    true,
  )
  expect(text.split('\n').filter((line) => /DISC|MAP|m4s/.test(line))).toEqual([
    ...['#EXT-X-MAP:URI="p-init1.mp4"', 'p-0.m4s', 'p-1.m4s', '#EXT-X-DISCONTINUITY', 'p-4.m4s'],
    ...['#EXT-X-DISCONTINUITY', 'p-5.m4s', '#EXT-X-MAP:URI="p-init2.mp4"', 'p-6.m4s'],
  ])
  expect(count(text, /PROGRAM-DATE-TIME:1970-01-01T00:16:4/g)).toBe(5)
})

test('V14 the playlist of ten hours is made once, for however many ask', async () => {
  const world = createRecordingWorld()
  await show(world, 2_200)
  await end(world)
  const { id, prefix } = await world.row()
  world.storage.objects.set(`${id}/reel.json`, new TextEncoder().encode(writeReel(pieces(36_000))))
  world.library.forget(id)
  const asked: string[] = []
  const { get } = world.storage
  world.storage.get = (key) => {
    asked.push(key)
    return get(key)
  }
  const ask = () => world.text(`${prefix}-vod.m3u8`)
  const [first, ...rest] = await Promise.all([ask(), ask(), ask()])
  rest.push(await ask())
  expect(names(first)).toHaveLength(36_000)
  for (const one of rest) expect(Object.is(one, first)).toBe(true)
  expect(asked).toEqual([`${id}/reel.json`])
})

test('V15 while the storage is away the list of recordings is not', async () => {
  const world = createRecordingWorld()
  await show(world, 2_200)
  await end(world)
  const [whole] = await world.recordings()
  world.library.forget(whole!.id)
  world.storage.list = () => Promise.reject(new Error('away'))
  expect(await world.recordings()).toEqual([whole])
  expect(world.logged.at(-1)).toContain('recording storage')
})

test('V19 pictures lie where they were taken, on the time of playing', () => {
  const all = [piece(0), piece(1), piece(12), piece(13)]
  const at = (ms: number) => 1_000_000 + ms
  // In the first segment, in the gap, in the last.
  const list = thumbnailList('p', all, [at(500), at(5_000), at(13_250)])
  expect(list.split('\n').filter((line) => line !== '')).toEqual([
    ...['WEBVTT', '00:00:00.000 --> 00:00:02.000', 'p-thumb1000500.jpg'],
    ...['00:00:02.000 --> 00:00:03.250', 'p-thumb1005000.jpg'],
    ...['00:00:03.250 --> 00:00:04.000', 'p-thumb1013250.jpg'],
  ])
  expect(posterOf(all, [at(500), at(9_000), at(13_250)])).toBe(at(13_250))
  expect(posterOf(all, [at(500), at(9_000)])).toBe(at(9_000))
  expect(posterOf(all, [])).toBeNull()
})

test('V19 one picture every five seconds is kept, of a show that is on air here', async () => {
  const world = createRecordingWorld()
  const { thumbnails } = world.recorder
  const jpeg = new Uint8Array(200)
  expect(await thumbnails.keep('S', jpeg)).toMatchObject({ denial: { code: 'wrong_state' } })
  const studio = await show(world, 2_200)
  expect((await thumbnails.keep('S', jpeg)).ok).toBe(true)
  expect(await thumbnails.keep('S', jpeg)).toMatchObject({
    denial: { code: 'rate_limited', retryAfterMs: 5_000 },
  })
  await studio.play(stretch(world.clock.now(), 5_200))
  expect((await thumbnails.keep('S', jpeg)).ok).toBe(true)
  await studio.play(stretch(world.clock.now(), 5_200))
  world.storage.room = 10
  expect(await thumbnails.keep('S', jpeg)).toMatchObject({ denial: { code: 'overloaded' } })
  await end(world)
  expect(await thumbnails.keep('S', jpeg)).toMatchObject({ denial: { code: 'wrong_state' } })
  const [recording] = await world.recordings()
  expect(count(await world.text(recording!.thumbnails!), /-->/g)).toBe(2)
})

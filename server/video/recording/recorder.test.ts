import { expect, test } from 'vitest'
import { AAC, AVC_OTHER, stretch } from '../../test/media/packets.ts'
import { count, end, names, show } from '../../test/media/recorded.ts'
import { createRecordingWorld } from '../../test/media/recording.ts'
import { settle } from '../../test/clock.ts'
import { lengthOf, pieceKey, piecesOf } from './reel.ts'
import { FAULTS } from './tape.ts'
import { REST_MS } from './queue.ts'

test('V14 a show that ends is a recording: every segment, under the names it had while it was live', async () => {
  const world = createRecordingWorld()
  await show(world, 5_200)
  await settle()
  const live = names((await world.world.file('plain.m3u8')) as string)
  await end(world)
  const [recording] = await world.recordings()
  expect(recording).toMatchObject({ state: 'ready', provider: 'local', fault: null, downloads: 1 })
  expect(recording!.wholeMs).toBe(recording!.durationMs)
  expect(recording!.wholeMs).toBeGreaterThan(5_000)
  const vod = await world.text(recording!.hls)
  expect(names(vod).slice(0, live.length)).toEqual(live)
  expect(vod).toContain('#EXT-X-PLAYLIST-TYPE:VOD')
  expect(vod).toContain('#EXT-X-ENDLIST')
  expect(count(vod, /PROGRAM-DATE-TIME/g)).toBe(names(vod).length)
  for (const name of names(vod)) {
    const kept = await world.library.file('S', name)
    if (live.includes(name)) expect(kept).toMatchObject({ body: await world.world.file(name) })
    else expect(kept).not.toBeNull()
  }
  const [, init = ''] = /MAP:URI="(.*?)"/.exec(vod!) ?? []
  expect(await world.library.file('S', init)).toMatchObject({ contentType: 'video/mp4' })
  expect(await world.library.file('other', names(vod)[0]!)).toBeNull()
})

test('V14 while it is recorded it plays and grows at its end', async () => {
  const world = createRecordingWorld()
  const studio = await show(world, 3_200)
  await settle()
  const [first] = await world.recordings()
  const before = names(await world.text(first!.hls))
  expect(first!.state).toBe('recording')
  await studio.play(stretch(world.clock.now(), 6_200))
  const text = await world.text(first!.hls)
  expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT')
  expect(text).not.toContain('ENDLIST')
  expect(names(text).slice(0, before.length)).toEqual(before)
  expect(names(text).length).toBeGreaterThan(before.length)
})

test('V14 what breaks off before its first full segment leaves nothing', async () => {
  const world = createRecordingWorld()
  const studio = await show(world, 600)
  studio.line.drop()
  await settle()
  expect(await world.rows.ofStream('S')).toEqual([])
  expect(world.storage.objects.size).toBe(0)
})

test('V14 with recording off nothing is kept, and there is no way back', async () => {
  const world = createRecordingWorld({ on: false })
  await show(world, 3_200)
  expect(world.world.video.provider.playback('S').dvr).toBeNull()
  expect(await world.world.file('dvr.m3u8')).toBeUndefined()
  world.world.video.provider.end('S')
  await settle()
  expect(world.storage.objects.size).toBe(0)
})

test('V14 a drop is a discontinuity, and another encoder another file to download', async () => {
  const world = createRecordingWorld()
  const first = await show(world, 3_200)
  first.line.drop()
  await world.clock.advance(7_000)
  const second = await show(world, 3_200)
  for (const config of [AVC_OTHER, AAC]) second.config(config)
  await second.play(stretch(world.clock.now() + 40, 2_200))
  await end(world)
  const [recording] = await world.recordings()
  const vod = await world.text(recording!.hls)
  expect(count(vod, /^#EXT-X-DISCONTINUITY$/gm)).toBe(2)
  // The same encoder after the drop needs no other init segment.
  expect(count(vod, /EXT-X-MAP/g)).toBe(2)
  expect(recording!.downloads).toBe(2)
  expect(recording!.durationMs).toBeLessThan(9_500)
})

test('V15 a storage that is slow costs the recording and not the show, and the host hears of it', async () => {
  const world = createRecordingWorld()
  const studio = world.world.studio()
  const size = 40_000
  await studio.play(stretch(world.clock.now(), 3_000, { size }))
  world.storage.held = true
  // A segment of 1.2 MB a second: the queue holds 13.
  await studio.play(stretch(world.clock.now(), 20_000, { size }))
  expect(world.world.states().at(-1)).toBe('live')
  expect(names((await world.world.file('plain.m3u8')) as string)).toHaveLength(10)
  world.storage.release()
  await settle()
  await studio.play(stretch(world.clock.now(), 3_000, { size }))
  await end(world)
  const [recording] = await world.recordings()
  expect(recording).toMatchObject({ state: 'ready', fault: FAULTS.slow })
  const vod = await world.text(recording!.hls)
  expect(count(vod, /^#EXT-X-DISCONTINUITY$/gm)).toBe(1)
  expect(recording!.wholeMs).toBeGreaterThan(15_000)
  expect(recording!.wholeMs).toBeLessThan(24_000)
  for (const name of names(vod)) expect(await world.library.file('S', name)).not.toBeNull()
  expect(world.logged.filter((line) => line === 'recording.slow')).toHaveLength(1)
})

test.each([
  ['full', Object.assign(new Error('no space'), { code: 'ENOSPC' })],
  ['broken', Object.assign(new Error('i/o'), { code: 'EIO' })],
] as const)('V15 a disk that is %s rests, and is tried again; the show goes on', async (fault, error) => {
  const world = createRecordingWorld()
  const studio = await show(world, 3_200)
  world.storage.failing = error
  await studio.play(stretch(world.clock.now(), 4_000))
  const row = await world.row()
  expect(row).toMatchObject({ state: 'recording', fault: FAULTS[fault] })
  expect(world.world.states().at(-1)).toBe('live')
  world.storage.failing = null
  await studio.play(stretch(world.clock.now(), REST_MS + 3_000))
  await end(world)
  const [recording] = await world.recordings()
  const vod = await world.text(recording!.hls)
  expect(count(vod, /^#EXT-X-DISCONTINUITY$/gm)).toBe(1)
  for (const name of names(vod)) expect(await world.library.file('S', name)).not.toBeNull()
  expect(recording!.wholeMs).toBeLessThan(12_000)
  // One line for the outage, not one for each segment.
  expect(world.logged.filter((line) => line === 'recording.rests')).toHaveLength(1)
})

test('V15 below the reserve nothing is written; with room again it is', async () => {
  const world = createRecordingWorld()
  const studio = await show(world, 2_200)
  world.storage.room = 999
  await studio.play(stretch(world.clock.now(), 10_000))
  await settle()
  const kept = world.storage.objects.size
  expect(await world.row()).toMatchObject({ fault: FAULTS.full })
  await studio.play(stretch(world.clock.now(), 3_000))
  expect(world.storage.objects.size).toBe(kept)
  world.storage.room = 1_000
  await studio.play(stretch(world.clock.now(), REST_MS + 2_000))
  expect(world.storage.objects.size).toBeGreaterThan(kept)
})

test('V16 what a node that died left open is finished by another, up to the last whole segment', async () => {
  const world = createRecordingWorld()
  await show(world, 6_200)
  await settle()
  const { id, prefix } = await world.row()
  world.die()
  // Power went too: one segment has a name and no bytes, another the init segment of nobody.
  const kept = piecesOf(await world.storage.list(`${id}/`))
  const torn = kept.at(-1)!
  world.storage.objects.set(pieceKey(id, prefix, torn), new Uint8Array(0))
  const strange = { ...torn, msn: torn.msn + 1, config: 9 }
  world.storage.objects.set(pieceKey(id, prefix, strange), new Uint8Array(strange.bytes))
  const second = world.node('second')
  second.recorder.start()
  await world.clock.advance(59_000)
  expect((await world.row()).state).toBe('recording')
  await world.clock.advance(62_000)
  const row = await world.row()
  expect(row).toMatchObject({ state: 'ready', fault: FAULTS.stopped })
  const told = await second.library.describe(row)
  expect(told.wholeMs).toBe(Math.round(lengthOf(kept.slice(0, -1))))
  const file = await second.library.file('S', `${prefix}-vod.m3u8`)
  const vod = file && 'body' in file ? (file.body as string) : null
  expect(names(vod)).toEqual(kept.slice(0, -1).map(({ msn }) => `${prefix}-${msn}.m4s`))
  expect(vod).toContain('#EXT-X-ENDLIST')
  // The stream goes on there as a recording of its own.
  await second.world.studio().play(stretch(world.clock.now(), 3_200))
  second.world.video.provider.end('S')
  await settle()
  expect((await world.rows.ofStream('S')).map(({ state }) => state)).toEqual(['ready', 'ready'])
})

test('V16 alone, what a crash left open is finished at the start; what kept nothing has failed', async () => {
  const world = createRecordingWorld()
  await world.rows.begin({ id: 'a', stream: 'S', prefix: 'p', startedAt: 1 }, 'before')
  const again = world.node('again', true)
  again.recorder.start()
  await settle()
  expect(await world.row()).toMatchObject({ state: 'failed', fault: FAULTS.stopped })
  expect(await again.library.file('S', 'p-vod.m3u8')).toBeNull()
})

test('V16 a node that was only thought dead stops writing, and its show goes on', async () => {
  const world = createRecordingWorld()
  const studio = await show(world, 3_200)
  await settle()
  const { id } = await world.row()
  await world.rows.adopt('second', 0)
  await studio.play(stretch(world.clock.now(), 12_000))
  const kept = world.storage.objects.size
  await studio.play(stretch(world.clock.now(), 3_000))
  expect(world.storage.objects.size).toBe(kept)
  expect(world.recorder.live(id)).toBeUndefined()
  expect(world.world.states().at(-1)).toBe('live')
})

test('V16 a server that stops finishes what it records', async () => {
  const world = createRecordingWorld()
  await show(world, 3_200)
  world.world.video.close()
  await world.recorder.close()
  expect(await world.row()).toMatchObject({ state: 'ready', fault: null })
})

test('V14 a recording is deleted for good: nothing of it stays, and what was on its way neither', async () => {
  const world = createRecordingWorld()
  await show(world, 3_200)
  await end(world)
  const { id } = await world.row()
  expect(await world.rows.remove('somebody', id)).toMatchObject({ ok: false })
  expect(await world.rows.remove('host', id)).toMatchObject({ ok: true })
  await world.recorder.sweep()
  expect([...world.storage.objects.keys()]).toEqual([])
  expect(await world.rows.gone()).toEqual([])
})

test('V14 a stream that is erased while its last segments are on their way leaves nothing', async () => {
  const world = createRecordingWorld()
  const studio = await show(world, 3_200)
  await settle()
  world.storage.held = true
  await studio.play(stretch(world.clock.now(), 2_200))
  world.erase()
  await world.recorder.sweep()
  expect([...world.storage.objects.keys()]).toEqual([])
  world.world.video.provider.end('S')
  world.storage.release()
  await settle()
  expect([...world.storage.objects.keys()]).toEqual([])
})

test('V14 a stream that is erased by another node while it is on air is no longer written', async () => {
  const world = createRecordingWorld()
  const studio = await show(world, 3_200)
  await settle()
  world.erase()
  await studio.play(stretch(world.clock.now(), 12_000))
  await world.recorder.sweep()
  expect([...world.storage.objects.keys()]).toEqual([])
})

test('V14 recordings older than they may be are deleted, later ones are not', async () => {
  const world = createRecordingWorld({ days: 2 })
  await show(world, 2_200)
  await end(world)
  await world.clock.advance(2 * 86_400_000 - 60_000)
  expect(await world.rows.ofStream('S')).toHaveLength(1)
  await world.clock.advance(180_000)
  expect(await world.rows.ofStream('S')).toEqual([])
  expect(world.storage.objects.size).toBe(0)
})

test('V16 a second show of the same stream is a second recording, after the first', async () => {
  const world = createRecordingWorld()
  await show(world, 2_200)
  await end(world)
  await show(world, 3_200)
  await end(world)
  const [first, second] = await world.recordings()
  expect(first!.startedAt).toBeLessThan(second!.startedAt)
  expect(first!.hls).not.toBe(second!.hls)
})

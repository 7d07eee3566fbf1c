import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { settle } from '../../test/clock.ts'
import { AVC, stretch } from '../../test/media/packets.ts'
import { count, names, show } from '../../test/media/recorded.ts'
import { createHandStorage, createRecordingWorld } from '../../test/media/recording.ts'
import { REST_MS } from './queue.ts'

test('V17 a live show can be gone back into for half an hour, by the numbers of the live playlist', async () => {
  const world = createRecordingWorld()
  const studio = world.world.studio('S', { configs: [AVC] })
  const play = (ms: number) => studio.play(stretch(world.clock.now(), ms, { fps: 5, group: 5, audio: false }))
  expect(world.world.video.provider.playback('S').dvr).toBeNull()
  await play(20_000)
  expect(world.world.video.provider.playback('S').dvr).toBe('/hls/S/dvr.m3u8')
  const all = (await world.world.file('dvr.m3u8')) as string
  expect(names(all)).toEqual(names(await world.text((await world.recordings())[0]!.hls)))
  expect(all).not.toContain('EXT-X-PART')
  studio.line.drop()
  await world.clock.advance(5_000)
  const back = world.world.studio('S', { configs: [AVC] })
  await back.play(stretch(world.clock.now(), 1_900_000, { fps: 5, group: 5, audio: false }))
  const dvr = (await world.world.file('dvr.m3u8')) as string
  const live = (await world.world.file('plain.m3u8')) as string
  expect(names(dvr).length).toBeGreaterThan(1_795)
  expect(names(dvr).length).toBeLessThan(1_802)
  // The end of it is the live playlist, and so are its counts.
  const place = (text: string) => ({
    last: Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)![1]) + names(text).length,
    gone: Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(text)![1]),
  })
  expect(names(dvr).slice(-10)).toEqual(names(live))
  expect(place(dvr)).toEqual(place(live))
  expect(place(dvr).gone).toBe(1)
  // What is not in memory comes from the storage.
  const [oldest = ''] = names(dvr)
  expect(await world.world.file(oldest)).toBeUndefined()
  expect(await world.library.file('S', oldest)).toMatchObject({ contentType: 'video/iso.segment' })
  world.world.video.provider.end('S')
  expect(await world.world.file('dvr.m3u8')).toContain('#EXT-X-ENDLIST')
}, 120_000)

test('V17 who has the beginning is sent the end, and both are one playlist', async () => {
  const world = createRecordingWorld()
  await show(world, 40_200)
  const whole = (await world.world.file('dvr.m3u8')) as string
  const delta = (await world.world.file('dvr.m3u8', { skip: true })) as string
  const skipped = Number(/EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)/.exec(delta)![1])
  expect(whole).not.toContain('EXT-X-SKIP')
  expect(skipped).toBeGreaterThan(20)
  expect([...names(whole).slice(0, skipped), ...names(delta)]).toEqual(names(whole))
  // Whatever was skipped, the decoder's set-up is named.
  expect(count(delta, /EXT-X-MAP/g)).toBe(1)
})

test('V17 what could not be kept is a gap in the way back, under its number', async () => {
  const world = createRecordingWorld()
  const studio = await show(world, 3_200)
  world.storage.failing = new Error('away')
  await studio.play(stretch(world.clock.now(), 3_000))
  world.storage.failing = null
  await studio.play(stretch(world.clock.now(), REST_MS + 4_000))
  const dvr = (await world.world.file('dvr.m3u8')) as string
  const gaps = count(dvr, /^#EXT-X-GAP$/gm)
  expect(gaps).toBeGreaterThan(2)
  const numbers = names(dvr).map((name) => Number(/-(\d+)\.m4s/.exec(name)![1]))
  expect(numbers).toEqual(numbers.map((_, i) => i))
  for (const [, gap = ''] of dvr.matchAll(/#EXT-X-GAP\n.*\n.*\n(.*)/g))
    expect(await world.library.file('S', gap)).toBeNull()
})

test('V15 what two hours of a show leave in memory does not grow with what was shown', async () => {
  const storage = createHandStorage()
  let put = 0
  storage.put = (_key, bytes) => Promise.resolve(void (put += bytes.byteLength))
  const world = createRecordingWorld({ storage })
  const studio = world.world.studio('S', { configs: [AVC] })
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // Segments of 100 KB: two hours are 720 MB.
  const play = async (minutes: number) => {
    for (let i = 0; i < minutes; i++)
      await studio.play(stretch(world.clock.now(), 60_000, { fps: 2, group: 2, audio: false, size: 50_000 }))
    // What buffers held is given back behind the first collection.
    for (let i = 0; i < 3; i++) {
      collect()
      await settle()
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  // A half hour fills the way back.
  const before = await play(31)
  const after = await play(89)
  expect(put).toBeGreaterThan(700e6)
  expect(after).toBeLessThan(before * 1.1)
}, 120_000)

// V33 and V34 at the doors: what a studio sends in two layers, and what viewers have of it.
import { expect, test } from 'vitest'
import type { EncodedPacket } from '../../shared/media.ts'
import { parseFragments, parseInit } from '../test/media/mp4.ts'
import { AVC, AVC_OTHER, nal, picture, stretch, withLow, type LayerPacket } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'

type World = ReturnType<typeof createVideoWorld>
const names = (playlist: unknown): string[] => String(playlist).match(/[\w-]+-\d+\.m4s/g) ?? []
const read = async (world: World, file: string) => (await world.file(file)) as Uint8Array

/** Pictures and sounds of a playlist's segments, by their media time in milliseconds. */
async function timesOf(world: World, playlist: string) {
  const text = String(await world.file(playlist))
  const init = /MAP:URI="(.*?)"/.exec(text)?.[1] ?? ''
  const tracks = parseInit(await read(world, init))
  const fragments = (await Promise.all(names(text).map((name) => read(world, name)))).flatMap(parseFragments)
  const times = (kind: 'video' | 'audio') => {
    const track = tracks.find((one) => one.kind === kind)
    const samples = fragments.flatMap(({ runs }) =>
      runs.filter(({ trackId }) => trackId === track?.id).flatMap((run) => run.samples),
    )
    return samples.map(({ dts }) => Math.round((dts * 1000) / (track?.timescale ?? 1)))
  }
  return { pictures: times('video'), sounds: times('audio'), width: tracks[0]?.width }
}

async function live(ms: number, { low = true, seed = 1 } = {}) {
  const world = createVideoWorld({ seed })
  const studio = world.studio()
  if (low) studio.config(AVC_OTHER, 'low')
  const packets = stretch(world.clock.now(), ms)
  await studio.play(low ? withLow(packets) : packets)
  return { world, studio }
}
const more = (world: World, ms: number): EncodedPacket[] => stretch(world.clock.now() + 10, ms)
/** All that HLS viewers of main are given, byte for byte. */
async function mainOf(world: World): Promise<string[]> {
  const playlist = String(await world.file('plain.m3u8'))
  const files = [...names(playlist), ...(playlist.match(/[\w-]+-init\d+\.mp4/g) ?? [])]
  const bodies = await Promise.all(files.map((name) => read(world, name)))
  return [playlist, ...bodies.map((bytes) => Buffer.from(bytes).toString('base64'))]
}

test('V33 both layers have the same times and the sound, in segments and playlists of their own', async () => {
  const { world } = await live(5_200)
  const [main, low] = [await timesOf(world, 'plain.m3u8'), await timesOf(world, 'low-plain.m3u8')]
  expect(main.pictures.length).toBeGreaterThanOrEqual(120)
  expect(low.pictures).toEqual(main.pictures)
  expect(low.sounds).toEqual(main.sounds)
  expect([main.width, low.width]).toEqual([1280, 640])
  const text = String(await world.file('low-live.m3u8'))
  expect(names(text)[0]).toMatch(/^[0-9a-f]+l-0\.m4s$/)
  expect(text).toContain('#EXT-X-RENDITION-REPORT:URI="live.m3u8",LAST-MSN=4,LAST-PART=1')
  expect(await world.playlist()).toContain(
    '#EXT-X-RENDITION-REPORT:URI="low-live.m3u8",LAST-MSN=4,LAST-PART=1',
  )
})

test('V33 the masters name both layers with what was measured of them, and only while there are two', async () => {
  const { world } = await live(1_500, { low: false })
  expect(world.video.provider.playback('S')).toMatchObject({
    hls: '/hls/S/live.m3u8',
    hlsPlain: '/hls/S/plain.m3u8',
  })
  expect(String(await world.file('master.m3u8'))).not.toContain('low')
  expect(await world.file('low-live.m3u8')).toBeUndefined()
  const two = (await live(4_200)).world
  expect(two.video.provider.playback('S')).toMatchObject({
    hls: '/hls/S/master.m3u8',
    hlsPlain: '/hls/S/plain-master.m3u8',
  })
  const master = String(await two.file('master.m3u8'))
  const segments = await Promise.all(names(await two.file('plain.m3u8')).map((name) => read(two, name)))
  const bits = segments.map(({ byteLength }) => byteLength * 8)
  const average = bits.reduce((a, b) => a + b) / bits.length
  expect(master.split('\n').slice(0, 5)).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-STREAM-INF:BANDWIDTH=${Math.max(...bits)},AVERAGE-BANDWIDTH=${Math.ceil(average)},RESOLUTION=1280x720,FRAME-RATE=30.000,CODECS="avc1.42c01f,mp4a.40.2"`,
    'live.m3u8',
  ])
  expect(master).toMatch(/RESOLUTION=640x360,FRAME-RATE=30\.000,CODECS="[^"]*"\nlow-live\.m3u8\n$/)
  expect(String(await two.file('plain-master.m3u8'))).toMatch(/\nplain\.m3u8\n.*\nlow-plain\.m3u8\n$/)
  // A name that every object has is no file.
  expect(await two.file('toString')).toBeUndefined()
})

test('V33 a blocking reload of the low playlist waits for its own part', async () => {
  const { world, studio } = await live(2_000)
  const state = { done: false }
  const reload = world.file('low-live.m3u8', { msn: 2, part: 0 }).then((text) => {
    state.done = true
    return String(text)
  })
  await studio.play(stretch(world.clock.now() + 10, 400))
  expect(state.done).toBe(false)
  await studio.play(withLow(stretch(world.clock.now() + 10, 1_000)))
  expect(await reload).toMatch(/l-2\.0\.m4s/)
})

test('V33 the breaks of main are those of low, behind a dropped line and another sound', async () => {
  const { world, studio } = await live(3_000)
  studio.line.drop()
  await world.clock.advance(4_000)
  const again = world.studio()
  again.config(AVC_OTHER, 'low')
  await again.play(withLow(more(world, 2_500)))
  // The camera is another one, and the low encoder is not told.
  again.config({ ...AVC, width: 1920, height: 1080 })
  await again.play(withLow(more(world, 2_500)))
  const breaks = async (playlist: string) =>
    String(await world.file(playlist))
      .split('\n')
      .filter((line) => /DISCONTINUITY|EXTINF/.test(line))
      .map((line) => line.replace(/:.*/, ''))
  expect((await breaks('plain.m3u8')).filter((line) => line === '#EXT-X-DISCONTINUITY')).toHaveLength(2)
  expect(await breaks('low-plain.m3u8')).toEqual(await breaks('plain.m3u8'))
  expect((await timesOf(world, 'low-plain.m3u8')).pictures[0]).toBe(
    (await timesOf(world, 'plain.m3u8')).pictures[0],
  )
})

test('V33 a low layer without main pictures is nothing', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  studio.config(AVC_OTHER, 'low')
  const only = withLow(stretch(world.clock.now(), 3_000)).filter(
    ({ track, layer }) => track === 'audio' || layer,
  )
  await studio.play(only)
  expect(await world.file('low-plain.m3u8')).toBeUndefined()
  expect(studio.refusal()).toBeUndefined()
})

test('V34 a publisher that comes back without a low layer takes it away, not before it had the time', async () => {
  const { world, studio } = await live(3_000)
  studio.line.drop()
  await world.clock.advance(5_000)
  // While the publisher is away both layers wait for it.
  expect(names(await world.file('low-plain.m3u8')).length).toBeGreaterThan(0)
  const again = world.studio()
  await again.play(more(world, 2_000))
  expect(world.video.provider.playback('S').hls).toBe('/hls/S/master.m3u8')
  await again.play(more(world, 1_500))
  expect(world.video.provider.playback('S').hls).toBe('/hls/S/live.m3u8')
  expect(await world.file('low-plain.m3u8')).toBeUndefined()
})

test('V33 a layer that begins late, or anew, lies behind as many breaks as main at that moment', async () => {
  const { world, studio } = await live(3_000, { low: false })
  studio.line.drop()
  const again = world.studio()
  await again.play(more(world, 2_000))
  again.config(AVC_OTHER, 'low')
  await again.play(withLow(more(world, 2_500)))
  const tag = async (file: string, name: string) =>
    new RegExp(`#EXT-X-${name}(:(\\d+))?\\n`).exec(String(await world.file(file)))?.[2] ?? null
  const last = async (file: string) => /-(\d+)\.m4s\n$/.exec(String(await world.file(file)))?.[1]
  expect(String(await world.file('plain.m3u8')).match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1)
  expect(await tag('low-plain.m3u8', 'DISCONTINUITY-SEQUENCE')).toBe('1')
  expect(await last('low-plain.m3u8')).toBe(await last('plain.m3u8'))
  // Its encoder changes, and that of main does not.
  again.config({ ...AVC_OTHER, width: 480 }, 'low')
  await again.play(withLow(more(world, 2_500)))
  const low = String(await world.file('low-plain.m3u8'))
  expect([low.includes('#EXT-X-DISCONTINUITY\n'), low.match(/EXT-X-MAP/g)?.length]).toEqual([false, 1])
  expect(await tag('low-plain.m3u8', 'DISCONTINUITY-SEQUENCE')).toBe('1')
})

const broken: [string, (world: World) => LayerPacket | 'config' | 'configs', RegExp][] = [
  ['a codec nobody has', () => 'config', /avc1/],
  ['other codecs all the time', () => 'configs', /too often/],
  ['garbage', (world) => ({ ...picture(world.clock.now(), true), layer: 'low', bytes: nal(31) }), /broken/],
  ['a jumping clock', (world) => ({ ...picture(world.clock.now() + 60_000, true), layer: 'low' }), /clock/],
]
test.each(broken)(
  'V34 %s in the low layer ends it, says so, and costs main not one byte',
  async (_, wrong, says) => {
    const { world, studio } = await live(2_000)
    const alone = await live(2_000, { low: false })
    const fault = wrong(world)
    const times = fault === 'configs' ? 12 : 1
    for (let i = 0; i < times; i++)
      if (fault === 'config') studio.config({ ...AVC_OTHER, codec: 'vp09.00.10.08' }, 'low')
      else if (fault === 'configs') studio.config({ ...AVC_OTHER, width: 640 + i * 2 }, 'low')
      else studio.packet(fault)
    const told = studio.heard().filter((one) => one.t === 'low')
    expect(told).toHaveLength(1)
    expect(told[0]?.says).toMatch(says)
    const packets = more(world, 2_500)
    await studio.play(withLow(packets))
    await alone.studio.play(packets)
    expect(studio.refusal()).toBeUndefined()
    expect(await world.file('low-plain.m3u8')).toBeUndefined()
    expect(await mainOf(world)).toEqual(await mainOf(alone.world))
  },
)

test('V34 a flood of low pictures ends the low layer, and the publisher that goes on with it', async () => {
  const world = createVideoWorld({ maxBitsPerSecond: 2e6 })
  const studio = world.studio()
  studio.config(AVC_OTHER, 'low')
  const low = (key: boolean): LayerPacket => ({
    ...picture(world.clock.now(), key, 33, 100_000),
    layer: 'low',
  })
  await studio.play(withLow(stretch(world.clock.now(), 1_000)))
  for (let i = 0; i < 8; i++) studio.packet(low(i === 0))
  expect(studio.heard().filter((one) => one.t === 'low')).toHaveLength(1)
  expect(studio.refusal()).toBeUndefined()
  for (let i = 0; i < 20; i++) studio.packet(low(false))
  expect(studio.refusal()).toMatchObject({ reason: 'malformed' })
})

test('V34 low pictures that stay away take the layer with them; main does not see it, and they may come back', async () => {
  const { world, studio } = await live(3_000)
  const alone = await live(3_000, { low: false })
  const both = async (packets: EncodedPacket[], low: boolean) => {
    await studio.play(low ? withLow(packets) : packets)
    await alone.studio.play(packets)
  }
  const before = names(await world.file('low-plain.m3u8'))
  await both(more(world, 2_000), false)
  expect(names(await world.file('low-plain.m3u8')).length).toBeGreaterThan(0)
  await both(more(world, 1_000), false)
  expect(await world.file('low-plain.m3u8')).toBeUndefined()
  expect(await world.file(before[0]!)).toBeUndefined()
  expect(world.video.provider.playback('S').hls).toBe('/hls/S/live.m3u8')
  await both(more(world, 2_200), true)
  const after = String(await world.file('low-plain.m3u8'))
  expect(after).not.toContain('#EXT-X-DISCONTINUITY\n')
  expect(after).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:0\n')
  // No name comes back with other content.
  expect(names(after).filter((name) => before.includes(name))).toEqual([])
  expect(/-init(\d+)/.exec(after)?.[1]).toBe('2')
  expect(await mainOf(world)).toEqual(await mainOf(alone.world))
})

test(
  'V34 any mix of low frames, in any order, leaves main as it is without them',
  { timeout: 60_000 },
  async () => {
    for (let seed = 1; seed <= 12; seed++) {
      let state = seed
      const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
      const [mixed, alone] = [await live(1_200), await live(1_200, { low: false })]
      const packets = more(mixed.world, 4_000)
      for (const packet of packets) {
        await mixed.studio.play([packet])
        const dice = random()
        if (dice < 0.02)
          mixed.studio.config({ ...AVC_OTHER, width: 640 + 2 * Math.floor(random() * 3) }, 'low')
        else if (dice < 0.5 && packet.track === 'video')
          mixed.studio.packet({
            ...packet,
            ts: packet.ts - Math.floor(random() * 200),
            key: random() < 0.3,
            layer: 'low',
          })
        else if (dice > 0.999)
          mixed.studio.packet({ ...packet, track: 'video', bytes: nal(31), layer: 'low' })
      }
      await alone.studio.play(packets)
      expect([seed, mixed.studio.refusal()]).toEqual([seed, undefined])
      expect([seed, ...(await mainOf(mixed.world))]).toEqual([seed, ...(await mainOf(alone.world))])
    }
  },
)

test('V33 pictures from elsewhere make a low layer while the publisher sends none of its own', async () => {
  const world = createVideoWorld()
  const began = world.clock.now()
  const studio = world.studio()
  const source = world.video.broadcastFor('S').low
  expect(source.wanted()).toBe(false)
  await studio.play(stretch(world.clock.now(), 500))
  expect(source.wanted()).toBe(true)
  source.config(AVC_OTHER)
  const start = world.clock.now() + 10
  const packets = stretch(start, 3_000)
  // Made from the main ones, so behind them.
  for (const packet of packets) {
    await studio.play([packet])
    const late = packets.find(({ ts, track }) => track === 'video' && Math.abs(ts + 400 - packet.ts) < 1)
    if (packet.track === 'video' && late) expect(source.packet(late)).toBeNull()
  }
  const low = await timesOf(world, 'low-plain.m3u8')
  expect(low.pictures[0]).toBe(Math.round(start - began))
  // Its sound was there before its pictures were.
  expect(Math.abs(low.sounds[0]! - low.pictures[0]!)).toBeLessThan(25)
  studio.config(AVC_OTHER, 'low')
  await studio.play(withLow(more(world, 2_200)))
  expect(source.wanted()).toBe(false)
  expect(source.packet(picture(world.clock.now(), true))).toMatch(/publisher/)
  expect((await timesOf(world, 'low-plain.m3u8')).pictures.length).toBeGreaterThanOrEqual(30)
})

// V4 with real H.264 and AAC, and ffmpeg as the judge: not a warning, and every frame that went in comes out.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { EncodedPacket } from '../../../shared/media.ts'
import { complaints, hasFfmpeg, makeFootage, probe, type Footage } from './ffmpeg.ts'
import { judged } from './judged.ts'
import { createVideoWorld } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-media-'))
let camera: Footage
let screen: Footage

beforeAll(() => {
  if (!hasFfmpeg) return
  camera = makeFootage({ seconds: 6 })
  screen = makeFootage({ seconds: 3, size: '640x360', fps: 25, group: 25, sampleRate: 44_100, channels: 1 })
})
afterAll(() => rmSync(folder, { recursive: true }))

type World = ReturnType<typeof createVideoWorld>
const at = (packets: readonly EncodedPacket[], start: number) =>
  packets.map((packet) => ({ ...packet, ts: packet.ts + start }))

/** One file for each take of a playlist: its init segment and what belongs to it. (ffmpeg's own HLS reader takes
 * the first init segment for all there will be, so across a discontinuity it can judge takes, not playlists.) */
async function takesOf(world: World, playlist = 'plain.m3u8'): Promise<string[]> {
  const text = (await world.file(playlist)) as string
  const files: string[] = []
  for (const part of text.split('#EXT-X-MAP:').slice(1)) {
    const names = part.match(/[\w-]+(\.\d+)?\.(m4s|mp4)/g) ?? []
    const pieces = await Promise.all(names.map((name) => world.file(name)))
    const file = join(folder, `take-${files.length}.mp4`)
    writeFileSync(file, Buffer.concat(pieces as Uint8Array[]))
    files.push(file)
  }
  return files
}
async function save(world: World, playlist: string): Promise<string> {
  const text = (await world.file(playlist)) as string
  for (const [name] of text.matchAll(/[\w-]+(\.\d+)?\.(m4s|mp4)/g))
    writeFileSync(join(folder, name), (await world.file(name)) as Uint8Array)
  const path = join(folder, playlist)
  writeFileSync(path, text)
  return path
}
const before = ({ packets }: Footage, ms: number) => packets.filter(({ ts }) => ts < ms)
const counts = (input: string) => probe(input).streams.map(({ nb_read_packets }) => Number(nb_read_packets))
const sent = ({ packets }: Footage) =>
  (['video', 'audio'] as const).map((kind) => packets.filter(({ track }) => track === kind).length)

judged('V4 what a push viewer is sent decodes without a warning, frame for frame', async () => {
  const world = createVideoWorld()
  const viewer = await world.viewer()
  const studio = world.studio('S', { configs: camera.configs })
  await studio.play(at(camera.packets, world.clock.now()))
  studio.line.drop()
  const file = join(folder, 'push.mp4')
  writeFileSync(file, Buffer.concat(viewer.media()))
  expect(complaints(file)).toBe('')
  expect(counts(file)).toEqual(sent(camera))
  const [video, audio] = probe(file).streams
  expect(video).toMatchObject({ codec_name: 'h264', width: 320, height: 180 })
  expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000' })
})

judged('V4 who joins in the middle decodes from its first frame on', async () => {
  const world = createVideoWorld()
  const studio = world.studio('S', { configs: camera.configs })
  const packets = at(camera.packets, world.clock.now())
  await studio.play(packets.slice(0, 250))
  const viewer = await world.viewer()
  await studio.play(packets.slice(250))
  const file = join(folder, 'joined.mp4')
  writeFileSync(file, Buffer.concat(viewer.media()))
  expect(complaints(file)).toBe('')
  expect(counts(file)[0]).toBeGreaterThan(60)
})

judged('V4 segments behind one another decode without a warning, and so do the parts', async () => {
  const world = createVideoWorld()
  const studio = world.studio('S', { configs: camera.configs })
  await studio.play(at(camera.packets, world.clock.now()))
  const parts = (await world.playlist()).match(/[\w-]+-\d+\.\d+\.m4s/g)!.slice(0, -1)
  world.video.provider.end('S')
  const plain = await save(world, 'plain.m3u8')
  expect(complaints(plain)).toBe('')
  expect(counts(plain)).toEqual(sent(camera))
  const pieces = [/"([\w-]+-init1.mp4)"/.exec(await world.playlist())![1]!, ...parts]
  const file = join(folder, 'parts.mp4')
  writeFileSync(
    file,
    Buffer.concat(await Promise.all(pieces.map((name) => world.file(name) as Promise<Uint8Array>))),
  )
  expect(complaints(file)).toBe('')
  expect(counts(file)[0]).toBeGreaterThan(90)
})

judged('V4 a dropped line and another source decode across their discontinuities', async () => {
  const world = createVideoWorld()
  const first = world.studio('S', { configs: camera.configs })
  await first.play(at(before(camera, 4_000), world.clock.now()))
  first.line.drop()
  await world.clock.advance(7_000)
  const second = world.studio('S', { configs: camera.configs })
  await second.play(at(before(camera, 2_000), world.clock.now()))
  for (const config of screen.configs) second.config(config)
  await second.play(at(screen.packets, world.clock.now() + 40))
  world.video.provider.end('S')
  const takes = await takesOf(world)
  expect(takes.map(complaints)).toEqual(['', '', ''])
  expect(takes.map((file) => probe(file).streams[0]?.width)).toEqual([320, 320, 640])
  expect(takes.map((file) => counts(file)[0])).toEqual([120, 60, 75])
})

judged('V4 jitter, a stalled line and lost groups of pictures still decode without a warning', async () => {
  const world = createVideoWorld()
  const studio = world.studio('S', { configs: camera.configs })
  const start = world.clock.now()
  let seed = 1
  const jitter = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  const rough = at(camera.packets, start)
    // A congested studio drops pictures up to the next key frame.
    .filter(({ track, ts }) => track === 'audio' || ts < start + 2_500 || ts >= start + 2_999)
    .map((packet) => ({ ...packet, ts: packet.ts + jitter() * 12 }))
  for (const packet of rough) {
    const stalled = packet.ts > start + 4_000 && packet.ts < start + 5_000
    const arrival = stalled ? start + 5_000 : packet.ts + 30
    if (arrival > world.clock.now()) await world.clock.advance(arrival - world.clock.now())
    studio.packet(packet)
  }
  world.video.provider.end('S')
  const plain = await save(world, 'plain.m3u8')
  expect(complaints(plain)).toBe('')
  expect(await world.file('plain.m3u8')).not.toContain('#EXT-X-DISCONTINUITY\n')
})

judged('V4 picture alone and sound alone decode too', async () => {
  for (const [i, track] of (['video', 'audio'] as const).entries()) {
    const world = createVideoWorld()
    const configs = camera.configs.filter(({ kind }) => kind === track)
    const studio = world.studio('S', { configs })
    await studio.play(
      at(
        camera.packets.filter((packet) => packet.track === track),
        world.clock.now(),
      ),
    )
    world.video.provider.end('S')
    const plain = await save(world, 'plain.m3u8')
    expect(complaints(plain)).toBe('')
    expect(counts(plain)).toEqual([sent(camera)[i]])
  }
})

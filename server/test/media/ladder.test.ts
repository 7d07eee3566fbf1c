// V39 with the ffmpeg of this machine: what goes in large comes out small, at the same times.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EncodedPacket, VideoConfig } from '../../../shared/media.ts'
import { openFfmpeg, type Ffmpeg } from '../../adapters/ffmpeg/index.ts'
import { FLV_VIDEO, flvHeader, flvTag } from '../../video/ladder/flv.ts'
import { createRung } from '../../video/ladder/rung.ts'
import { configTag, packetTag } from '../../video/rtmp/tags.ts'
import { ffmpegsOf } from '../children.ts'
import { createHandClock } from '../clock.ts'
import { hasFfmpeg, makeFootage, type Footage } from './ffmpeg.ts'
import { judged } from './judged.ts'
import { HIGH } from './transcoder.ts'

const START = Date.UTC(2026, 0, 1) + 0.5
/** What a decoder and an encoder may keep to themselves while more is to come. */
const HELD = 5

let ffmpeg: Ffmpeg | undefined
let camera: Footage

beforeAll(async () => {
  if (!hasFfmpeg) return
  const opened = await openFfmpeg()
  if (typeof opened === 'string') throw new Error(opened)
  ffmpeg = opened
  camera = makeFootage({ seconds: 4, size: '1280x720' })
})
afterAll(() => ffmpeg?.close())

function climb(config: VideoConfig | undefined) {
  const clock = createHandClock(START)
  const configs: VideoConfig[] = []
  const packets: EncodedPacket[] = []
  const failures: string[] = []
  const rung = createRung(
    { clock, transcoder: ffmpeg!.transcoder },
    {
      config: (one) => configs.push(one),
      packet: (packet) => packets.push(packet),
      failed: (says) => failures.push(says),
    },
  )
  if (config) rung.config(config)
  return { clock, rung, configs, packets, failures }
}
const configOf = ({ configs }: Footage) => configs.find(({ kind }) => kind === 'video') as VideoConfig
const pictures = ({ packets }: Footage, from: number) =>
  packets.filter(({ track }) => track === 'video').map((packet) => ({ ...packet, ts: packet.ts + from }))
const children = () => ffmpegsOf(process.pid)

judged('V39 720p goes in and 360p comes out, while it goes in, with its times and key frames', async () => {
  const stage = climb(configOf(camera))
  const given = pictures(camera, START)
  for (const one of given) stage.rung.packet(one)
  await expect.poll(() => stage.packets.length).toBeGreaterThanOrEqual(given.length - HELD)
  expect(stage.configs).toMatchObject([{ width: 640, height: 360 }])
  const times = (all: readonly EncodedPacket[]) => all.map(({ ts, key }) => ({ ts, key }))
  expect(times(stage.packets)).toEqual(times(given.slice(0, stage.packets.length)))
  expect(stage.packets.filter(({ key }) => key).length).toBe(4)
  const bits = (all: readonly EncodedPacket[]) =>
    all.reduce((sum, { bytes }) => sum + bytes.byteLength * 8, 0)
  expect(bits(stage.packets) / 4).toBeLessThan(700_000)
  stage.rung.close()
  await expect.poll(children).toEqual([])
})

judged('V39 of 60 pictures a second every other one is made small', async () => {
  const fast = makeFootage({ seconds: 2, size: '854x480', fps: 60, group: 45 })
  const stage = climb(configOf(fast))
  const given = pictures(fast, START)
  for (const one of given) stage.rung.packet(one)
  await expect.poll(() => stage.packets.length).toBeGreaterThanOrEqual(60 - HELD)
  expect(stage.packets.length).toBeLessThan(65)
  const keys = (all: readonly EncodedPacket[]) => all.filter(({ key }) => key).map(({ ts }) => ts)
  expect(keys(stage.packets)).toEqual(keys(given))
  stage.rung.close()
})

judged('V39 an ffmpeg that is killed is begun again at a key frame', async () => {
  const stage = climb(configOf(camera))
  for (const one of pictures(camera, START)) stage.rung.packet(one)
  await expect.poll(() => stage.packets.length).toBeGreaterThan(60)
  const [pid] = children()
  process.kill(pid!, 'SIGKILL')
  await expect.poll(children).toEqual([])
  const later = START + 60_000
  // The news of its end may be on its way still: then what comes first goes nowhere.
  await stage.clock.advance(60_000)
  await expect
    .poll(async () => {
      for (const one of pictures(camera, stage.clock.now())) stage.rung.packet(one)
      await stage.clock.advance(4_000)
      return children().length
    })
    .toBe(1)
  const again = () => stage.packets.filter(({ ts }) => ts >= later)
  await expect.poll(() => again().length).toBeGreaterThan(60)
  expect(again()[0]).toMatchObject({ key: true })
  expect(stage.failures).toEqual([])
  stage.rung.close()
})

judged('V39 what ffmpeg cannot decode is given up, in words', async () => {
  const stage = climb(HIGH)
  let from = START
  await expect
    .poll(async () => {
      const junk = pictures(camera, from).map((one) => ({
        ...one,
        bytes: Uint8Array.from({ length: one.bytes.byteLength }, (_, i) => (i * 7919) & 0xff),
      }))
      for (const one of junk) stage.rung.packet(one)
      await stage.clock.advance(11_000)
      from = stage.clock.now()
      return stage.failures.length
    })
    .toBe(1)
  expect(stage.packets).toEqual([])
  expect(stage.failures[0]).toMatch(/hangs|ffmpeg ended/)
  await expect.poll(children).toEqual([])
})

judged('V39 an ffmpeg that ends says why', async () => {
  const said = new Promise<string>((closed) => {
    // No encoder of H.264 takes an odd width in this colour format.
    const line = ffmpeg!.transcoder.open({ width: 641, height: 360 }, { bytes: () => undefined, closed })
    line.write(flvHeader())
    line.write(flvTag({ type: FLV_VIDEO, ts: 0, payload: configTag(configOf(camera)) }))
    for (const one of pictures(camera, 0))
      line.write(flvTag({ type: FLV_VIDEO, ts: Math.round(one.ts), payload: packetTag(one) }))
  })
  expect(await said).toMatch(/^ffmpeg ended \(1\): \S/)
})

test('V39 a machine without ffmpeg says so', async () => {
  expect(await openFfmpeg('/nowhere/ffmpeg')).toBe('no ffmpeg on this machine')
  expect(await openFfmpeg('true')).toContain('cannot encode H.264')
})

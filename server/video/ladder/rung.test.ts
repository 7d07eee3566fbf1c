import { expect, test } from 'vitest'
import type { EncodedPacket, VideoConfig } from '../../../shared/media.ts'
import { createHandClock } from '../../test/clock.ts'
import { AAC, picture, sound, stretch } from '../../test/media/packets.ts'
import { createHandTranscoder, HIGH, LOW } from '../../test/media/transcoder.ts'
import { createRung } from './rung.ts'

const START = Date.UTC(2026, 0, 1) + 0.25

function climb(options?: Parameters<typeof createHandTranscoder>[0]) {
  const clock = createHandClock(START)
  const hand = createHandTranscoder(options)
  const configs: VideoConfig[] = []
  const packets: EncodedPacket[] = []
  const failures: string[] = []
  const rung = createRung(
    { clock, transcoder: hand.transcoder },
    {
      config: (config) => configs.push(config),
      packet: (packet) => packets.push(packet),
      failed: (says) => failures.push(says),
    },
  )
  rung.config(HIGH)
  return {
    ...{ clock, rung, configs, packets, failures, ...hand },
    last: () => hand.runs.at(-1)!,
    /** Each when its time has come. */
    async play(given: readonly EncodedPacket[]) {
      for (const one of given) {
        if (one.ts > clock.now()) await clock.advance(one.ts - clock.now())
        rung.packet(one)
      }
      const last = given.at(-1)!
      await clock.advance(last.ts + last.dur - clock.now())
    },
    pictures: (ms: number, shape = {}) => stretch(clock.now(), ms, { audio: false, ...shape }),
  }
}
const timesOf = (packets: readonly EncodedPacket[]) =>
  packets.map(({ ts, key, offset = 0 }) => ({ ts, key, offset }))

test('V39 small pictures have the times and key frames of those they are made from, to the fraction', async () => {
  const stage = climb()
  const given = stretch(START, 2_000)
  stage.rung.config(AAC)
  await stage.play([picture(START - 40, false), sound(START - 20), ...given])
  expect(stage.runs.map(({ size }) => size)).toEqual([{ width: 640, height: 360 }])
  expect(stage.configs).toEqual([LOW])
  expect(timesOf(stage.packets)).toEqual(timesOf(given.filter(({ track }) => track === 'video')))
  expect(stage.failures).toEqual([])
})

test('V39 pictures that come in another order than they are shown in are decoded when the source is', async () => {
  const stage = climb({ instant: false })
  // I, then P B B again and again, as x264 does with two B-frames.
  const given = stage.pictures(4_000).map((one, i) => {
    const inGroup = i % 30
    return { ...one, offset: inGroup === 0 ? 67 : inGroup % 3 === 1 && inGroup < 28 ? 133 : 33 }
  })
  await stage.play(given)
  stage.last().give()
  const shown = (all: EncodedPacket[]) => all.map(({ ts, offset = 0 }) => ts + offset).sort((a, b) => a - b)
  const late = shown(stage.packets).map((at, i) => at - shown(given)[i]!)
  expect(late.length).toBe(120)
  expect(Math.max(...late.map(Math.abs))).toBeLessThan(1.01)
  const keys = (all: EncodedPacket[]) => timesOf(all).filter(({ key }) => key)
  expect(keys(stage.packets)).toEqual(keys(given))
  const times = stage.packets.map(({ ts }) => ts)
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
})

test('V39 another source begins another process, the same one said again does not; none for a small one', async () => {
  const stage = climb()
  await stage.play(stage.pictures(1_000))
  stage.rung.config({ ...HIGH, description: HIGH.description.slice() })
  await stage.play(stage.pictures(1_000))
  expect(stage.runs.length).toBe(1)
  stage.rung.config({ ...HIGH, width: 720, height: 1280 })
  await stage.play(stage.pictures(1_000))
  expect(stage.runs.map(({ isClosed }) => isClosed)).toEqual([true, false])
  expect(stage.last().size).toEqual({ width: 360, height: 640 })
  stage.rung.config({ ...HIGH, width: 640, height: 360 })
  await stage.play(stage.pictures(1_000))
  expect(stage.runs.map(({ isClosed }) => isClosed)).toEqual([true, true])
  expect(stage.failures).toEqual([])
})

test('V39 a process that ends is begun again at a key frame, a little later each time, and then no more', async () => {
  const stage = climb()
  const waits: number[] = []
  await stage.play(stage.pictures(1_000))
  for (let i = 1; i <= 3; i++) {
    stage.last().end('ffmpeg ended (1)')
    const endedAt = stage.clock.now()
    const heard = stage.packets.length
    await stage.play(stage.pictures(9_000))
    expect(stage.runs.length).toBe(i + 1)
    expect(stage.packets[heard]).toMatchObject({ key: true })
    waits.push(Math.floor((stage.packets[heard]!.ts - endedAt) / 1_000))
  }
  expect(waits).toEqual([1, 2, 4])
  expect(stage.failures).toEqual([])
  stage.last().end('ffmpeg ended (1)')
  await stage.play(stage.pictures(20_000))
  expect(stage.failures).toEqual(['ffmpeg ended (1)'])
  expect(stage.runs.length).toBe(4)
})

test('V39 what went wrong before a good minute is forgotten', async () => {
  const stage = climb()
  for (let i = 0; i < 6; i++) {
    await stage.play(stage.pictures(65_000, { fps: 5, group: 5 }))
    stage.last().end('ffmpeg ended (SIGKILL)')
  }
  expect(stage.failures).toEqual([])
})

test('V39 a process that hangs is killed, and is given up when it hangs each time', async () => {
  const stage = climb({ instant: false })
  await stage.play(stage.pictures(12_000))
  expect(stage.runs.map(({ isClosed }) => isClosed)).toEqual([true])
  await stage.play(stage.pictures(60_000))
  expect(stage.runs.map(({ isClosed }) => isClosed)).toEqual([true, true, true, true])
  expect(stage.failures).toEqual(['The transcoder hangs.'])
})

test('V39 one that gives junk is ended, and given up', async () => {
  const stage = climb({ instant: false })
  for (let i = 0; i < 4; i++) {
    await stage.play(stage.pictures(6_000))
    stage.last().say(Buffer.from('<html>not a picture</html>'))
  }
  expect(stage.runs.map(({ isClosed }) => isClosed)).toEqual([true, true, true, true])
  expect(stage.failures).toEqual(['What the transcoder gave is no FLV.'])
  expect(stage.packets).toEqual([])
})

test('V39 a machine that is late for a while leaves pictures out, up to a key frame behind what it has', async () => {
  const stage = climb()
  await stage.play(stage.pictures(2_000))
  stage.state.instant = false
  await stage.play(stage.pictures(5_000))
  const { got } = stage.last()
  const fed = got.length
  // 20 on their way, and what came in the second and a half in which they were overdue.
  expect(fed).toBeGreaterThan(60 + 20 + 40)
  expect(fed).toBeLessThan(60 + 20 + 50)
  stage.last().give()
  stage.state.instant = true
  await stage.play(stage.pictures(30_000))
  expect(got[fed]).toMatchObject({ key: true })
  expect(got.length).toBe(fed + 900)
  expect(stage.packets.length).toBe(got.length)
  expect(stage.runs.length).toBe(1)
  expect(stage.failures).toEqual([])
})

test('V39 a machine that is too slow again and again is given up', async () => {
  const stage = climb()
  await stage.play(stage.pictures(2_000))
  stage.state.instant = false
  for (let i = 0; i < 12; i++) {
    await stage.play(stage.pictures(3_000))
    stage.last().give()
  }
  expect(stage.failures).toEqual(['This machine is too slow to make small pictures.'])
  expect(stage.last().isClosed).toBe(true)
})

test('V39 what a process does not take is bounded', async () => {
  const stage = climb()
  await stage.play(stage.pictures(1_000))
  stage.state.stuck = 4_000_001
  await stage.play(stage.pictures(5_000))
  expect(stage.last().got.length).toBe(30)
  stage.state.stuck = 0
  await stage.play(stage.pictures(1_000))
  expect(stage.last().got.length).toBe(60)
})

test('V39 a pause ends the process; nothing begins before another config, nor after the end', async () => {
  const stage = climb()
  await stage.play(stage.pictures(1_000))
  stage.rung.pause()
  expect(stage.last().isClosed).toBe(true)
  await stage.play(stage.pictures(1_000))
  expect(stage.runs.length).toBe(1)
  stage.rung.config(HIGH)
  await stage.play(stage.pictures(1_000))
  expect(stage.runs.length).toBe(2)
  stage.rung.end()
  expect(stage.last().isClosed).toBe(true)
  stage.rung.config(LOW)
  stage.rung.config(HIGH)
  await stage.play(stage.pictures(1_000))
  expect(stage.runs.length).toBe(2)
})

test('V39 a source whose time steps back goes on at a key frame, in order', async () => {
  const stage = climb()
  await stage.play(stage.pictures(2_000))
  const back = stretch(stage.clock.now() - 300, 2_000, { audio: false })
  for (const one of back) stage.rung.packet(one)
  const times = stage.packets.map(({ ts }) => ts)
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  expect(stage.packets.length).toBe(60 + 30)
  expect(stage.packets[60]).toMatchObject({ key: true, ts: back[30]!.ts })
})

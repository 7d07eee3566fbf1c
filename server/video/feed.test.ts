import { expect, test } from 'vitest'
import { parseFragments } from '../test/media/mp4.ts'
import { AVC_OTHER, stretch } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'

type Init = { t: string; codecs: string; epochMs: number; now: number }
const sequences = (media: unknown[]) =>
  parseFragments(join(media as Uint8Array[])).map(({ sequence }) => sequence)
const join = (pieces: Uint8Array[]) => new Uint8Array(Buffer.concat(pieces))
const isInit = (frame: unknown): frame is Init => (frame as Partial<Init>).t === 'init'
const isDense = (numbers: number[]) => numbers.every((n, i) => i === 0 || n === numbers[i - 1]! + 1)

test('who joins is given the state, the init, the group so far, and then every chunk once', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const start = world.clock.now()
  const packets = stretch(start, 4_000)
  const early = await world.viewer('S', 'early')
  const viewers = [early]
  for (const [i, packet] of packets.entries()) {
    await studio.play([packet])
    if (i % 7 === 3) viewers.push(await world.viewer('S', `viewer ${i}`))
  }
  for (const viewer of viewers) {
    const frames = viewer.line.frames.filter(
      (frame) => !['state', 'layers'].includes((frame as { t?: string }).t ?? ''),
    )
    expect(frames.filter(isInit)).toHaveLength(1)
    expect(frames[0]).toMatchObject({ t: 'init', codecs: 'avc1.42c01f,mp4a.40.2', epochMs: start })
    const [, ...chunks] = viewer.media()
    if (chunks.length === 0) continue
    const [first] = parseFragments(chunks[0] as Uint8Array)
    expect(first?.runs[0]?.samples[0]?.key).toBe(true)
    expect(isDense(sequences(chunks))).toBe(true)
    expect(sequences(chunks).at(-1)).toBe(sequences(early.media().slice(1)).at(-1))
  }
})

test('a join while a group is in the air gets no more of the past than that group', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 3_450))
  const late = await world.viewer()
  expect(late.media().length - 1).toBe(4)
})

test('V3 a discontinuity is a new init on the same epoch, for those who were there and those who come', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const start = world.clock.now()
  const there = await world.viewer('S', 'there')
  await studio.play(stretch(start, 2_000))
  studio.config(AVC_OTHER)
  await studio.play(stretch(start + 2_000, 2_000))
  const comes = await world.viewer('S', 'comes')
  const inits = there.line.frames.filter(isInit)
  expect(inits.map(({ epochMs }) => epochMs)).toEqual([start, start])
  expect(inits[1]!.now).toBeGreaterThan(inits[0]!.now)
  expect(comes.line.frames.filter(isInit)).toHaveLength(1)
  // The frame behind each init is its init segment.
  for (const { line } of [there, comes])
    for (const [i, frame] of line.frames.entries())
      if (isInit(frame))
        expect(String.fromCharCode(...(line.frames[i + 1] as Uint8Array).subarray(4, 8))).toBe('ftyp')
})

test('who joins while the publisher is gone waits for the next take', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const start = world.clock.now()
  await studio.play(stretch(start, 2_000))
  studio.line.drop()
  const viewer = await world.viewer()
  expect(viewer.line.frames).toEqual([
    { t: 'state', state: 'reconnecting' },
    { t: 'layers', layers: ['main'], playing: 'main' },
  ])
  await world.clock.advance(3_000)
  await world.studio().play(stretch(world.clock.now(), 1_000))
  expect(viewer.line.frames[2]).toMatchObject({ t: 'init' })
  expect(viewer.media().length).toBeGreaterThan(5)
})

test('a group too large to be sent at once is not sent: the viewer begins at the next key frame', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const start = world.clock.now()
  const packets = stretch(start, 4_000, { group: 60, size: 40_000 })
  const until = (ms: number) => packets.filter(({ ts }) => ts < start + ms && ts > world.clock.now() - 1)
  await studio.play(until(3_800))
  const viewer = await world.viewer()
  const leaver = await world.viewer('S', 'leaver')
  expect(viewer.media()).toEqual([])
  leaver.line.drop()
  await studio.play(stretch(start + 4_000, 1_000))
  expect(viewer.line.frames.filter(isInit)).toHaveLength(1)
  const [first] = parseFragments(viewer.media()[1] as Uint8Array)
  expect(first?.runs[0]?.samples[0]?.key).toBe(true)
  expect(isDense(sequences(viewer.media().slice(1)))).toBe(true)
  expect(leaver.media()).toEqual([])
})

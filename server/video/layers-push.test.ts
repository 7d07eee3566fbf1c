// V35: which layer a push viewer is sent, and what it is told of it.
import { expect, test } from 'vitest'
import type { PushHears } from '../../shared/media.ts'
import { parseFragments, parseInit } from '../test/media/mp4.ts'
import { AVC_OTHER, stretch, withLow } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'

type World = ReturnType<typeof createVideoWorld>
type Viewer = Awaited<ReturnType<World['viewer']>>

async function live(ms: number) {
  const world = createVideoWorld()
  const studio = world.studio()
  studio.config(AVC_OTHER, 'low')
  await studio.play(withLow(stretch(world.clock.now(), ms)))
  const play = (more: number, low = true) => {
    const packets = stretch(world.clock.now() + 10, more)
    return studio.play(low ? withLow(packets) : packets)
  }
  return { world, studio, play }
}
const layers = ({ heard }: Viewer) =>
  heard().flatMap((one) => (one.t === 'layers' ? [[one.layers.join(), one.playing]] : []))
/** No picture twice, none left out: some come a little sooner, where one stretch follows another. */
const isDense = (pictures: number[]) =>
  pictures.every((at, i) => i === 0 || (at > pictures[i - 1]! && at - pictures[i - 1]! <= 34))
/** Each stretch behind an init: how wide its pictures are, and when each of them is shown. */
function stretches({ line }: Viewer) {
  const found: { epochMs: number; width: number; pictures: number[]; key: boolean }[] = []
  let init: Extract<PushHears, { t: 'init' }> | undefined
  for (const frame of line.frames) {
    if (!(frame instanceof Uint8Array)) {
      const hears = frame as PushHears
      if (hears.t === 'init') init = hears
    } else if (init) {
      found.push({ epochMs: init.epochMs, width: parseInit(frame)[0]!.width, pictures: [], key: false })
      init = undefined
    } else {
      const samples = parseFragments(frame).flatMap(({ runs }) =>
        runs.filter(({ trackId }) => trackId === 1).flatMap((run) => run.samples),
      )
      const last = found.at(-1)!
      if (last.pictures.length === 0) last.key = samples[0]!.key
      last.pictures.push(...samples.map(({ dts }) => Math.round(dts / 90)))
    }
  }
  return found
}
test('V35 a viewer that changes layers gets the other from its newest key frame on, in the same media time', async () => {
  const { world, play } = await live(3_400)
  const viewer = await world.viewer()
  await play(500)
  viewer.line.text({ t: 'layer', layer: 'low' })
  await play(1_500)
  viewer.line.text({ t: 'layer', layer: 'main' })
  await play(1_000)
  expect(layers(viewer)).toEqual([
    ['main,low', 'main'],
    ['main,low', 'low'],
    ['main,low', 'main'],
  ])
  const [first, second, third] = stretches(viewer)
  expect([first?.width, second?.width, third?.width]).toEqual([1280, 640, 1280])
  expect(new Set([first?.epochMs, second?.epochMs, third?.epochMs]).size).toBe(1)
  for (const one of [first, second, third]) expect([one?.key, isDense(one!.pictures)]).toEqual([true, true])
  // It goes on where the other layer was, from a key frame before it.
  expect(second!.pictures[0]).toBeLessThanOrEqual(first!.pictures.at(-1)! + 34)
  expect(third!.pictures[0]).toBeLessThanOrEqual(second!.pictures.at(-1)! + 34)
  expect(second!.pictures.at(-1)!).toBeGreaterThan(first!.pictures.at(-1)! + 1_000)
  // `layers` comes before the `init` it announces.
  const told = viewer.heard().filter(({ t }) => t !== 'state')
  expect(told.map(({ t }) => t)).toEqual(['layers', 'init', 'layers', 'init', 'layers', 'init'])
})

test('V35 who begins with low gets it at once, and a wish for nothing is no wish', async () => {
  const { world } = await live(2_500)
  const viewer = await world.viewer('S', 'ada', 's', 'low')
  expect(layers(viewer)).toEqual([['main,low', 'low']])
  expect(stretches(viewer).map(({ width }) => width)).toEqual([640])
  viewer.line.text({ t: 'layer', layer: 'low' })
  expect(layers(viewer)).toHaveLength(1)
  viewer.line.text({ t: 'layer', layer: 'huge' })
  expect(viewer.line.closed?.code).toBe(4400)
  const other = world.dial(world.video.endpoints.push)
  other.text({ t: 'watch', pass: 'p', layer: 7 })
  expect(other.closed?.code).toBe(4400)
})

test('V35 who waits for low has main, is moved when it comes, back when it goes, and told each time', async () => {
  const world = createVideoWorld()
  const early = await world.viewer('S', 'early', 's', 'low')
  const main = await world.viewer('S', 'main')
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 1_500))
  const play = (ms: number, low: boolean) => {
    const packets = stretch(world.clock.now() + 10, ms)
    return studio.play(low ? withLow(packets) : packets)
  }
  studio.config(AVC_OTHER, 'low')
  await play(2_000, true)
  await play(3_500, false)
  const late = await world.viewer('S', 'late', 's', 'low')
  await play(1_500, true)
  expect(layers(early)).toEqual([
    ['main', 'main'],
    ['main,low', 'low'],
    ['main', 'main'],
    ['main,low', 'low'],
  ])
  expect(layers(main)).toEqual([
    ['main', 'main'],
    ['main,low', 'main'],
    ['main', 'main'],
    ['main,low', 'main'],
  ])
  expect(layers(late)).toEqual([
    ['main', 'main'],
    ['main,low', 'low'],
  ])
  expect(stretches(early).map(({ width }) => width)).toEqual([1280, 640, 1280, 640])
  // Main has one take: nothing that happens beside it is told to its viewers as a new beginning.
  expect(stretches(main).map(({ width }) => width)).toEqual([1280])
  expect(isDense(stretches(main)[0]!.pictures)).toBe(true)
})

test('V35 in another show of the stream a viewer of low has what there is', async () => {
  const { world } = await live(2_000)
  const viewer = await world.viewer('S', 'ada', 's', 'low')
  world.video.provider.end('S')
  await world.clock.advance(130_000)
  const second = world.studio()
  await second.play(stretch(world.clock.now(), 2_000))
  expect(layers(viewer)).toEqual([
    ['main,low', 'low'],
    ['main', 'main'],
  ])
  expect(stretches(viewer).map(({ width }) => width)).toEqual([640, 1280])
})

test('V35 who changes layers without end is closed', async () => {
  const { world } = await live(2_000)
  const viewer = await world.viewer()
  for (let i = 0; i < 20; i++) viewer.line.text({ t: 'layer', layer: i % 2 ? 'main' : 'low' })
  expect(viewer.line.closed?.code).toBe(4429)
  expect(layers(viewer).length).toBeLessThan(12)
})

test('V35 a change that was asked for before the picture came counts', async () => {
  const { world } = await live(2_000)
  world.passes.set('p', {
    principal: 'eve',
    session: 's',
    stream: 'S',
    expiresAt: world.clock.now() + 60_000,
  })
  const line = world.dial(world.video.endpoints.push)
  line.text({ t: 'watch', pass: 'p' })
  line.text({ t: 'layer', layer: 'low' })
  await world.clock.advance(0)
  expect(line.texts()).toContainEqual({ t: 'layers', layers: ['main', 'low'], playing: 'low' })
})

// V36 with a hand clock: both layers of a show that another node ingests.
import { expect, test } from 'vitest'
import type { Layer } from '../../../shared/media.ts'
import { parseInit } from '../../test/media/mp4.ts'
import { AVC, AVC_OTHER, stretch, withLow } from '../../test/media/packets.ts'
import { createRelayWorld, type RelayNode } from '../../test/media/relay-world.ts'
import { createSeededRandom } from '../../test/random.ts'

const LISTS = [
  'live.m3u8',
  'plain.m3u8',
  'low-live.m3u8',
  'low-plain.m3u8',
  'master.m3u8',
  'plain-master.m3u8',
]
const names = (playlist: string): string[] => playlist.match(/[\w-]+(\.\d+)?\.(m4s|mp4)/g) ?? []
type Viewer = Awaited<ReturnType<RelayNode['viewer']>>
const playing = (viewer: Viewer) =>
  viewer.heard().flatMap((one) => (one.t === 'layers' ? [`${one.layers.join()}: ${one.playing}`] : []))
const widths = ({ line }: Viewer) =>
  line.frames.flatMap((frame, i) =>
    (frame as { t?: string }).t === 'init' ? [parseInit(line.frames[i + 1] as Uint8Array)[0]!.width] : [],
  )

async function same(origin: RelayNode, edge: RelayNode): Promise<void> {
  for (const list of LISTS) {
    const text = (await origin.file(list)) as string | undefined
    expect([list, await edge.file(list)]).toEqual([list, text])
    // The last of a live list is yet to come.
    for (const name of names(text ?? '').slice(0, list.includes('live') ? -1 : undefined)) {
      const [one, other] = [await origin.file(name), await edge.file(name)]
      expect([name, Buffer.from(other!).equals(Buffer.from(one!))]).toEqual([name, true])
    }
  }
}

test('V36 viewers at another node have both layers: what they play, what they are told, and files', async () => {
  const { node, clock, quiet, wires } = createRelayWorld()
  const [a, b] = [node('A'), node('B')]
  const studio = a.studio()
  await studio.letIn()
  studio.config(AVC_OTHER, 'low')
  const play = async (ms: number, low = true) => {
    const packets = stretch(clock.now() + 10, ms)
    await studio.play(low ? withLow(packets) : packets)
    await quiet()
  }
  await play(3_000)
  const join = (layer?: Layer) => b.viewer('S', layer ?? 'main', 's', layer)
  const [low, main] = [await join('low'), await join()]
  await quiet()
  await play(1_500)
  main.line.text({ t: 'layer', layer: 'low' })
  await play(500)
  await same(a, b)
  expect(b.page()).toMatchObject({ hls: '/hls/S/master.m3u8', hlsPlain: '/hls/S/plain-master.m3u8' })
  expect(widths(main)).toEqual([1280, 640])
  // It goes, and comes back.
  await play(3_500, false)
  expect(b.page().hls).toBe('/hls/S/live.m3u8')
  expect(await b.file('low-live.m3u8')).toBeUndefined()
  await play(2_500)
  await same(a, b)
  const moves = ['main,low: low', 'main: main', 'main,low: low']
  expect(playing(low).slice(-3)).toEqual(moves)
  expect(playing(main)).toEqual(['main,low: main', ...moves])
  expect(widths(main)).toEqual([1280, 640, 1280, 640])
  expect(wires).toHaveLength(1)
})

test('V36 a line that is cut while the low layer changes leaves an edge with what there is', async () => {
  const { node, clock, quiet, wires } = createRelayWorld()
  const [a, b] = [node('A'), node('B')]
  const studio = a.studio()
  await studio.letIn()
  studio.config(AVC_OTHER, 'low')
  await studio.play(withLow(stretch(clock.now(), 3_000)))
  const viewer = await b.viewer('S', 'ada', 's', 'low')
  await quiet()
  await studio.play(withLow(stretch(clock.now() + 10, 1_000)))
  wires[0]?.cut()
  const doors = wires.length
  await studio.play(stretch(clock.now() + 10, 4_000))
  await quiet()
  expect(wires.length).toBeGreaterThan(doors)
  expect(playing(viewer).at(-1)).toBe('main: main')
  await same(a, b)
  wires.at(-1)?.cut()
  await studio.play(withLow(stretch(clock.now() + 10, 3_000)))
  await quiet()
  expect(playing(viewer).at(-1)).toBe('main,low: low')
  await same(a, b)
})

test.each([1, 2, 3, 4, 5, 6])(
  'V36 an edge that begins at any moment has both layers as they are (%i)',
  { timeout: 30_000 },
  async (seed) => {
    const random = createSeededRandom(seed)
    const { node, clock, quiet, wires } = createRelayWorld()
    const [a, b, c] = [node('A'), node('B'), node('C')]
    let studio = a.studio()
    await studio.letIn()
    for (let i = 0; i < 12; i++) {
      const what = random.below(6)
      if (what === 0) {
        studio.line.drop()
        await clock.advance(random.below(4_000))
        studio = a.studio()
        await studio.letIn()
      }
      if (what === 1) studio.config({ ...AVC, width: 1280 + 2 * random.below(3) })
      if (what <= 3) studio.config({ ...AVC_OTHER, width: 640 + 2 * random.below(2) }, 'low')
      const packets = stretch(clock.now() + 5, 300 + random.below(3_000))
      await studio.play(random.below(3) > 0 ? withLow(packets) : packets)
      await quiet()
      if (i === 1 + random.below(2)) await b.viewer('S', 'bea', 's', 'low')
      if (i === 6) await c.viewer('S', 'cleo', 's')
      if (i === 8) wires[random.below(wires.length)]?.cut()
      await quiet()
    }
    await studio.play(withLow(stretch(clock.now() + 5, 3_000)))
    await quiet()
    await same(a, c)
    await b.viewer('S', 'bob')
    await quiet()
    await same(a, b)
  },
)

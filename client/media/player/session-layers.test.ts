// A session that changes between the two sizes of a picture.
import { expect, test } from 'vitest'
import type { Layer } from '../../../shared/media.ts'
import { settle, type HandWire } from '../test/hand.ts'
import { watching } from '../test/watching.ts'

const BOTH = { t: 'layers', layers: ['main', 'low'], playing: 'main' }
const watches = (wires: HandWire[]) =>
  wires.map(
    ({ said }) => (said.find((one) => (one as { t: string }).t === 'watch') as { layer?: Layer }).layer,
  )

/** Plays `main` of two; chunks come as told. */
async function sized(options: Parameters<typeof watching>[0] = {}) {
  const one = watching(options)
  const begin = async (playing: Layer = 'main'): Promise<void> => {
    one.last().opened()
    await settle()
    one.last().hear({ ...BOTH, playing })
    await one.live()
    one.edge(0)
  }
  /** Seconds of chunks that lag by so much. */
  const play = (ms: number, lateMs: number): void => {
    for (let t = 0; t < ms; t += 100) {
      one.clock.advance(100)
      one.last().bytes(new ArrayBuffer(8))
      one.edge(lateMs)
    }
  }
  await begin()
  return { ...one, begin, play, shown: () => one.qualities.at(-1)! }
}

test('V38 a stall on a late line opens another line with the low layer, and calm asks for main within it', async () => {
  const { wires, video, play, begin, phase, shown, last } = await sized()
  play(3_000, 0)
  play(500, 600)
  video.say('waiting')
  play(1_000, 900)
  expect(wires.length).toBe(2)
  expect(wires[0]!.closedByUs).toBe(true)
  await begin('low')
  expect(watches(wires)).toEqual([undefined, 'low'])
  expect(phase()).toBe('playing')
  expect(shown()).toMatchObject({ playing: 'low', choice: 'auto', slow: true })
  play(19_000, 0)
  expect(last().said).not.toContainEqual({ t: 'layer', layer: 'main' })
  play(1_500, 0)
  expect(last().said).toContainEqual({ t: 'layer', layer: 'main' })
  expect(wires.length).toBe(2)
  last().hear(BOTH)
  expect(shown()).toMatchObject({ playing: 'main', slow: false })
})

test('V38 a socket that the server closed as too slow comes back with the low layer', async () => {
  const { wires, last, clock, begin } = await sized()
  last().cut({ code: 4408 })
  clock.advance(500)
  await begin('low')
  expect(watches(wires)).toEqual([undefined, 'low'])
})

test('V38 who chose High keeps it through stalls; who chose Low has it at once and when coming back', async () => {
  const { wires, video, play, session, begin, shown } = await sized({ choice: 'main' })
  play(500, 900)
  video.say('waiting')
  play(3_000, 1_500)
  expect(wires.length).toBe(1)
  session.choose('low')
  await begin('low')
  expect(watches(wires)).toEqual([undefined, 'low'])
  expect(shown()).toMatchObject({ choice: 'low', slow: false })
  play(60_000, 0)
  expect(wires[1]!.said).not.toContainEqual({ t: 'layer', layer: 'main' })
  session.choose('auto')
  expect(wires[1]!.said).toContainEqual({ t: 'layer', layer: 'main' })
})

test('V38 without a low layer, without a host or without a look nothing is changed', async () => {
  const alone = watching()
  await alone.live()
  alone.edge(0)
  const away = await sized()
  away.last().hear({ t: 'state', state: 'reconnecting' })
  const hidden = await sized({ visible: () => false })
  for (const { video, clock, edge, last, wires } of [alone, away, hidden]) {
    edge(900)
    video.say('waiting')
    for (let i = 0; i < 30; i += 1) {
      clock.advance(100)
      last().bytes(new ArrayBuffer(8))
      edge(1_500)
    }
    expect(wires.length).toBe(1)
  }
})

test('V38 by HLS the library chooses, and does as it is told; the sizes are those of its playlist', async () => {
  const { clock, hls, did, session, qualities } = watching({ choice: 'low' })
  clock.advance(30_000)
  await settle()
  expect(did).toEqual(['choose low'])
  hls[0]!.layers(['main', 'low'], 'low', { main: 720, low: 360 })
  expect(qualities.at(-1)).toMatchObject({ playing: 'low', heights: { main: 720, low: 360 } })
  session.choose('auto')
  expect(did).toEqual(['choose low', 'choose auto'])
  expect(qualities.at(-1)).toMatchObject({ choice: 'auto', slow: false })
})

test('V38 the size of what is shown is known from the picture itself', async () => {
  const { video, shown } = await sized()
  Object.assign(video, { videoWidth: 720, videoHeight: 1280 })
  video.say('resize')
  expect(shown()).toMatchObject({ shown: 720, heights: { main: 720 } })
})

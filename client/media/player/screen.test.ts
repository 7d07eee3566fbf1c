import { expect, test } from 'vitest'
import { handClock, settle } from '../test/hand.ts'
import { handSources, HandVideo } from '../test/hand-video.ts'
import { createScreen } from './screen.ts'

const bytes = new ArrayBuffer(8)
const init = (epochMs: number, codecs = 'avc1.64001f,mp4a.40.2') => ({ codecs, epochMs, now: 1_000_000 })

function world(options?: { late: boolean }) {
  const clock = handClock(1_000_000)
  const video = new HandVideo()
  const sources = handSources(video, options)
  const told: string[] = []
  const edges: number[] = []
  const screen = createScreen({
    video: video,
    Source: sources.Source,
    clock,
    on: {
      edge: (lateMs) => edges.push(lateMs),
      blocked: () => told.push('blocked'),
      broken: (error) => told.push(`broken: ${(error as Error).message}`),
      unsupported: (codecs) => told.push(`unsupported: ${codecs}`),
    },
  })
  /** Joins a show that began 10 s ago and plays at its live edge. */
  const playing = async (): Promise<void> => {
    screen.init(init(990_000))
    screen.chunk(bytes)
    await settle()
    video.spans = [[9, 10]]
    sources.last().done()
  }
  return { clock, video, ...sources, told, edges, screen, playing }
}

test('joins near the end of what is buffered and plays', async () => {
  const { video, playing } = world()
  await playing()
  expect(video.currentTime).toBeCloseTo(9.65)
  expect(video.paused).toBe(false)
})

test('latency is measured against the server’s clock', async () => {
  const { screen, clock, playing } = world()
  expect(screen.latency()).toBeNull()
  await playing()
  expect(screen.latency()).toBe(350)
  clock.advance(100)
  expect(screen.latency()).toBe(450)
})

test('V3 a discontinuity goes on in the same buffer; the hole before it is jumped', async () => {
  const { screen, video, buffers, last, playing, clock } = world()
  await playing()
  screen.init(init(990_000, 'avc1.42e01f,mp4a.40.2'))
  screen.chunk(bytes)
  expect(last().changes).toEqual(['video/mp4; codecs="avc1.42e01f,mp4a.40.2" at 0'])
  video.currentTime = 10
  video.spans = [
    [9, 10],
    [15, 15.5],
  ]
  last().done()
  expect(buffers.length).toBe(1)
  expect(video.currentTime).toBeCloseTo(15.15)
  clock.advance(0)
})

test('another set of tracks gets another source', async () => {
  const { screen, buffers, playing } = world()
  await playing()
  screen.init(init(990_000, 'avc1.64001f'))
  await settle()
  expect(buffers.length).toBe(2)
})

test('codecs without a decoder are said, not tried', () => {
  const { screen, told, video } = world()
  screen.init(init(990_000, 'hev1.1.6.L93.B0'))
  expect(told).toEqual(['unsupported: hev1.1.6.L93.B0'])
  expect(video.src).toBe('')
})

test('a browser that wants a touch first is said', async () => {
  const { video, told, playing } = world()
  video.refuses = Object.assign(new Error('x'), { name: 'NotAllowedError' })
  await playing()
  await settle()
  expect(told).toEqual(['blocked'])
})

test('a stall that ends by itself moves the target back; one that ends in a jump does not', async () => {
  const { video, last, playing } = world()
  await playing()
  video.say('waiting')
  video.say('playing')
  video.currentTime = 9.5
  video.spans = [[9, 10]]
  last().done()
  // 500 ms behind is the new target: nothing to catch up.
  expect(video.playbackRate).toBe(1)

  const other = world()
  await other.playing()
  other.video.say('waiting')
  other.video.currentTime = 10
  other.video.spans = [
    [9, 10],
    [14, 15],
  ]
  other.last().done()
  other.video.say('playing')
  other.video.currentTime = 14.4
  other.last().done()
  expect(other.video.playbackRate).toBe(1.08)
})

test('a decoder that stands still in front of media is nudged, then given up', async () => {
  const { video, clock, told, playing } = world()
  await playing()
  video.spans = [[9, 10.2]]
  clock.advance(1_600)
  expect(video.currentTime).toBeCloseTo(9.85)
  expect(told).toEqual([])
  clock.advance(6_000)
  expect(told[0]).toBe('broken: the decoder stands still')
})

test('standing still at the end of the media is the host’s silence, not the decoder', async () => {
  const { video, clock, told, playing } = world()
  await playing()
  video.currentTime = 9.95
  clock.advance(30_000)
  expect(told).toEqual([])
})

test('what comes before a background tab opens its source is kept up to a bound, then asked anew', () => {
  const few = world({ late: true })
  few.screen.init(init(990_000))
  for (let i = 0; i < 10; i += 1) few.screen.chunk(bytes)
  few.openLate()
  expect(few.last().appended).toBeGreaterThan(0)
  expect(few.told).toEqual([])

  const many = world({ late: true })
  many.screen.init(init(990_000))
  for (let i = 0; i < 400; i += 1) many.screen.chunk(bytes)
  many.openLate()
  expect(many.told).toEqual(['broken: the source opened too late'])
})

test('V38 pictures of another size over those of now: no jump while they come, then shown from this very place', async () => {
  const { screen, video, last, playing } = world()
  await playing()
  const sought: number[] = []
  const { currentTime } = video
  let position = 9.6
  Object.defineProperty(video, 'currentTime', {
    get: () => position,
    set: (to: number) => {
      sought.push(to)
      position = to
    },
  })
  expect(currentTime).toBeCloseTo(9.65)
  screen.init(init(990_000, 'avc1.42e01e,mp4a.40.2'))
  // The group began at 9.2; a buffer gives up what came behind.
  for (const end of [9.3, 9.5, 9.8]) {
    screen.chunk(bytes)
    video.spans = [[5, end]]
    last().done()
    expect(sought).toEqual([])
  }
  screen.chunk(bytes)
  video.spans = [[5, 10.1]]
  last().done()
  expect(sought).toEqual([9.6])
  last().done()
  expect(sought).toEqual([9.6])
  expect(video.playbackRate).toBe(1)
})

test('V38 a group that does not come as far in time is followed like any other edge', async () => {
  const { screen, video, last, playing, clock } = world()
  await playing()
  screen.init(init(990_000, 'avc1.42e01e,mp4a.40.2'))
  screen.chunk(bytes)
  video.spans = [[5, 9.2]]
  last().done()
  expect(video.currentTime).toBeCloseTo(9.65)
  clock.advance(1_600)
  expect(video.currentTime).toBeCloseTo(8.85)
})

test('V38 pictures of another size behind those of now are just played', async () => {
  const { screen, video, last, playing } = world()
  await playing()
  screen.init(init(990_000, 'avc1.42e01e,mp4a.40.2'))
  screen.chunk(bytes)
  video.spans = [[5, 10.1]]
  const before = video.currentTime
  last().done()
  expect(video.currentTime).toBe(before)
})

test('V38 how late the edge came is told with each chunk, but not while it is overwritten', async () => {
  const { screen, video, last, playing, clock, edges } = world()
  await playing()
  expect(edges).toEqual([0])
  clock.advance(180)
  screen.chunk(bytes)
  video.spans = [[9, 10.1]]
  last().done()
  expect(edges.at(-1)).toBeCloseTo(80)
  screen.init(init(990_000))
  video.spans = [[9, 9.2]]
  screen.chunk(bytes)
  last().done()
  expect(edges.length).toBe(2)
})

test('V38 on a narrow line the picture stands until as much has come behind a hole as it plays behind', async () => {
  const { screen, video, last, playing, clock } = world()
  await playing()
  video.currentTime = 10
  screen.narrow()
  screen.init(init(990_000, 'avc1.42e01e,mp4a.40.2'))
  const come = (end: number) => {
    screen.chunk(bytes)
    video.spans = [
      [9, 10],
      [11, end],
    ]
    last().done()
    clock.advance(1_000)
  }
  for (const end of [11.4, 11.8, 12.2]) come(end)
  expect(video.currentTime).toBe(10)
  come(12.4)
  expect(video.currentTime).toBe(11)
})

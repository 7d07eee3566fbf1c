import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import { createVideoWorld } from '../test/media/world.ts'
import { stretch } from '../test/media/packets.ts'
import { createDelays } from './delays.ts'

test('V40 reports over HTTP and those by push are one spread in which a person counts once', async () => {
  const { video, studio: open, viewer, clock } = createVideoWorld()
  const studio = open()
  await studio.play(stretch(clock.now(), 1_000))
  await video.delays.report('S', 'ada', 9_000, false)
  const pushed = await viewer('S', 'ada')
  pushed.line.text({ t: 'latency', ms: 700 })
  await video.delays.report('S', 'bob', 6_000, false)
  expect(await video.delays.spread('S', false)).toMatchObject({ min: 700, max: 6_000, samples: 2 })
  await studio.play(stretch(clock.now(), 2_100))
  expect(studio.heard().findLast((one) => one.t === 'stats')).toMatchObject({
    latencyMs: { min: 700, p95: 6_000, samples: 2 },
  })
  // Push that is tried out beside HLS and given up.
  ;(await viewer('S', 'bob')).line.drop()
  expect(await video.delays.spread('S', false)).toMatchObject({ samples: 2 })
  pushed.line.drop()
  expect(await video.delays.spread('S', false)).toMatchObject({ min: 6_000, samples: 1 })
})

test('V40 of a stream that nobody has there is nothing to report on', async () => {
  const { video } = createVideoWorld()
  await video.delays.report('S', 'ada', 700, false)
  expect(await video.delays.spread('S', false)).toBeNull()
})

test('V40 of a stream that another service carries reports stay here, until nobody makes any', async () => {
  const clock = createHandClock(0)
  const reached: string[] = []
  const delays = createDelays({
    clock,
    latencyOf: () => undefined,
    reach: (stream) => Promise.resolve(void reached.push(stream)),
    atOrigin: () => Promise.resolve(null),
  })
  await delays.report('M', 'ada', 5_000, true)
  await delays.report('M', 'bob', 9_000, true)
  await delays.report('N', 'bob', 1_000, true)
  expect(await delays.spread('M', true)).toEqual({
    min: 5_000,
    p50: 9_000,
    p95: 9_000,
    max: 9_000,
    samples: 2,
  })
  expect(await delays.spread('O', true)).toBeNull()
  await clock.advance(20_001)
  expect(await delays.spread('M', true)).toBeNull()
  // No node pulls for them what it does not show.
  expect(reached).toEqual([])
})

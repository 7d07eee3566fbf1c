import { expect, test } from 'vitest'
import { createLatency, OVER_HTTP_MS } from './latency.ts'

test('half and nineteen twentieths of the viewers are below these', () => {
  const latency = createLatency()
  for (let i = 1; i <= 100; i++) latency.report(`viewer ${i}`, i * 10, 0)
  expect(latency.summary(0)).toEqual({ min: 10, p50: 510, p95: 960, max: 1_000, samples: 100 })
})

test('one viewer counts once, however often it reports', () => {
  const latency = createLatency()
  latency.report('a', 500, 0)
  for (let i = 0; i < 1_000; i++) latency.report('b', 60_000, 0)
  expect(latency.summary(0)).toEqual({ min: 500, p50: 60_000, p95: 60_000, max: 60_000, samples: 2 })
  latency.report('b', 700, 1)
  expect(latency.summary(1)?.p95).toBe(700)
})

test('V6 values that cannot be are ignored', () => {
  const latency = createLatency()
  for (const value of [-1, 60_001, NaN, Infinity, '5', null, undefined, {}, 1n]) latency.report('a', value, 0)
  expect(latency.summary(0)).toBeNull()
})

test('who is gone or silent does not count', () => {
  const latency = createLatency()
  latency.report('a', 500, 0)
  latency.report('b', 600, 10_000)
  expect(latency.summary(15_000)?.samples).toBe(2)
  expect(latency.summary(15_001)).toEqual({ min: 600, p50: 600, p95: 600, max: 600, samples: 1 })
  latency.forget('b')
  expect(latency.summary(15_001)).toBeNull()
})

test('V32 the reports of another node weigh as many as they are, until newer ones replace them', () => {
  const there = createLatency()
  for (let i = 0; i < 1_000; i++) there.report(`viewer ${i}`, i < 600 ? 1_000 : 2_000, 0)
  const spread = there.spread(0)
  expect([spread.values.length, spread.samples]).toEqual([100, 1_000])
  const here = createLatency()
  for (let i = 0; i < 500; i++) here.report(`viewer ${i}`, 500, 0)
  here.elsewhere('b', spread, 0)
  expect(here.summary(0)).toEqual({ min: 500, p50: 1_000, p95: 2_000, max: 2_000, samples: 1_500 })
  here.elsewhere('b', { values: [700], samples: 1 }, 10_000)
  expect(here.summary(10_000)?.samples).toBe(501)
  // What a node says of its own viewers is never what it heard from others.
  expect(here.spread(10_000).samples).toBe(500)
  expect(here.summary(15_001)).toEqual({ min: 700, p50: 700, p95: 700, max: 700, samples: 1 })
  expect(here.summary(25_001)).toBeNull()
})

test('V40 a report over HTTP counts until the next one is due, and nothing is kept of who came and went', () => {
  const latency = createLatency()
  latency.report('by HLS', 4_000, 0, OVER_HTTP_MS)
  latency.report('pushed', 600, 0)
  expect(latency.summary(15_001)).toMatchObject({ samples: 1, max: 4_000 })
  expect(latency.summary(20_000)?.samples).toBe(1)
  expect(latency.summary(20_001)).toBeNull()
  // Whoever goes over to push is one viewer still, and then as one of those.
  latency.report('by HLS', 4_000, 30_000, OVER_HTTP_MS)
  latency.report('by HLS', 600, 31_000)
  expect(latency.summary(31_000)).toMatchObject({ samples: 1, max: 600 })
  expect(latency.summary(46_001)).toBeNull()
})

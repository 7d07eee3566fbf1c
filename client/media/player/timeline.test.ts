import { expect, test } from 'vitest'
import { latencyMs, offsetMs, place } from './timeline.ts'

const init = (epochMs: number, codecs = 'avc1.64001f,mp4a.40.2') => ({ codecs, epochMs, now: 0 })

test('the first generation is the zero of the timeline', () => {
  expect(place(null, init(5_000))).toEqual({
    fresh: true,
    timeline: { zeroMs: 5_000, kinds: 'audio+video', offset: 0 },
  })
})

test('the same generation again, and a later one, go on in the same buffers at their own place', () => {
  const { timeline } = place(null, init(5_000))
  expect(place(timeline, init(5_000))).toEqual({ fresh: false, timeline })
  expect(place(timeline, init(17_500))).toEqual({ fresh: false, timeline: { ...timeline, offset: 12.5 } })
  expect(place(timeline, init(17_500, 'avc1.42e01f,mp4a.40.2')).fresh).toBe(false)
})

test('another set of tracks, or an epoch that stepped back, starts over', () => {
  const { timeline } = place(null, init(5_000))
  expect(place(timeline, init(6_000, 'avc1.64001f')).fresh).toBe(true)
  expect(place(timeline, init(4_000))).toEqual({ fresh: true, timeline: { ...timeline, zeroMs: 4_000 } })
})

test('the clock offset is the largest seen: every sample is late by its way here', () => {
  expect(offsetMs(null, 1_000, 940)).toBe(60)
  expect(offsetMs(60, 2_000, 1_950)).toBe(60)
  expect(offsetMs(60, 3_000, 2_920)).toBe(80)
})

test('latency is server time now minus server time of the frame shown', () => {
  const { timeline } = place(null, init(100_000))
  // Our clock is 400 ms behind the server's.
  expect(latencyMs(timeline, 12.5, 112_700, 400)).toBe(600)
  expect(latencyMs(timeline, 20, 112_700, 400)).toBe(0)
})

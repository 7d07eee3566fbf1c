import { expect, test } from 'vitest'
import { createMeter } from './meter.ts'

test('reads bitrate and pictures per second since the last reading', () => {
  const meter = createMeter(12e6, 0)
  for (let i = 0; i < 60; i++) meter.add(10_000, true, i * 33)
  for (let i = 0; i < 94; i++) meter.add(250, false, i * 21)
  expect(meter.read(2_000)).toEqual({ kbps: 2_494, fps: 30 })
  expect(meter.read(4_000)).toEqual({ kbps: 0, fps: 0 })
})

test('V6 a publisher may send its bitrate for ever, and catch up five seconds at once, but no more', () => {
  const steady = createMeter(1e6, 0)
  for (let at = 0; at < 60_000; at += 100) expect(steady.add(12_500, true, at)).toBe(true)
  const burst = createMeter(1e6, 0)
  expect(burst.add(625_000, true, 0)).toBe(true)
  expect(burst.add(1, true, 0)).toBe(false)
  expect(burst.add(1, true, 1_000)).toBe(true)
})

test('V6 tiny frames without end are too much as well', () => {
  const meter = createMeter(12e6, 0)
  const frames = Array.from({ length: 2_001 }, () => meter.add(21, false, 0))
  expect(frames.indexOf(false)).toBe(2_000)
})

test('a clock that steps back neither fills nor empties', () => {
  const meter = createMeter(1e6, 10_000)
  expect(meter.add(600_000, true, 5_000)).toBe(true)
  expect(meter.add(30_000, true, 4_000)).toBe(false)
})

import { expect, test } from 'vitest'
import { boxOf, calm, congested, newLadder } from './quality.ts'

test('one burst changes nothing, a second one soon lowers the bitrate', () => {
  let ladder = congested(newLadder(2_500), 1_000)
  expect(ladder.kbps).toBe(2_500)
  ladder = congested(ladder, 8_000)
  expect(ladder.kbps).toBe(1_750)
})

test('bursts far apart are hiccups', () => {
  let ladder = newLadder(2_500)
  for (const now of [0, 20_000, 40_000, 60_000]) ladder = congested(ladder, now)
  expect(ladder.kbps).toBe(2_500)
})

test('a cut is given time to show before the next one, and ends at a floor', () => {
  let ladder = congested(congested(newLadder(2_500), 0), 1_000)
  expect(congested(ladder, 2_000).kbps).toBe(1_750)
  for (let now = 5_000; now < 60_000; now += 4_000) ladder = congested(ladder, now)
  expect(ladder.kbps).toBe(350)
})

test('calm raises it step by step, never beyond what was chosen', () => {
  let ladder = congested(congested(newLadder(2_500), 0), 1_000)
  expect(calm(ladder, 15_000)).toBe(ladder)
  ladder = calm(ladder, 16_000)
  expect(ladder.kbps).toBe(2_100)
  expect(calm(ladder, 20_000)).toBe(ladder)
  expect(calm(ladder, 31_000).kbps).toBe(2_500)
  expect(calm(newLadder(2_500), 99_000).kbps).toBe(2_500)
})

test('a picture is scaled only where it must be', () => {
  expect(boxOf({ width: 1280, height: 720 }, 'camera', '720p')).toBeNull()
  expect(boxOf({ width: 640, height: 480 }, 'camera', '720p')).toBeNull()
  expect(boxOf({ width: 1920, height: 1080 }, 'camera', '720p')).toEqual({ width: 1280, height: 720 })
  expect(boxOf({ width: 1279, height: 719 }, 'camera', '720p')).toEqual({ width: 1280, height: 720 })
  expect(boxOf({ width: 1280, height: 720 }, 'screen', '720p')).toEqual({ width: 1280, height: 720 })
})

test('480 lines are always scaled: cameras only say they have them', () => {
  expect(boxOf({ width: 854, height: 480 }, 'camera', '480p')).toEqual({ width: 854, height: 480 })
})

test('a phone held upright keeps its shape', () => {
  expect(boxOf({ width: 1080, height: 1920 }, 'camera', '720p')).toEqual({ width: 720, height: 1280 })
})

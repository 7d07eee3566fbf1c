import { expect, test } from 'vitest'
import { boxOf, calm, congested, lowOf, newLadder, suited, type QualityName } from './quality.ts'

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

test('V28 a line too slow for a size gets the next smaller one, and the larger one back with room to spare', () => {
  const path: string[] = []
  let ladder = newLadder(4_500)
  let now: QualityName = '1080p'
  let at = 0
  const step = (change: typeof calm) => {
    at += 20_000
    ladder = change({ ...ladder, troubleAt: change === congested ? at - 1 : -Infinity }, at)
    now = suited('1080p', ladder.kbps, now)
    path.push(now)
  }
  for (let i = 0; i < 5; i++) step(congested)
  expect(path).toEqual(['1080p', '720p', '720p', '480p', '480p'])
  path.length = 0
  for (let i = 0; i < 12; i++) step(calm)
  expect(path).toEqual([...path].sort((a, b) => sizes.indexOf(a) - sizes.indexOf(b)))
  expect(path[0]).toBe('480p')
  expect(path.at(-1)).toBe('1080p')
  // One step of the ladder back and forth around a border changes nothing.
  expect(suited('1080p', 2_646, '720p')).toBe('720p')
  expect(suited('1080p', 2_646, '1080p')).toBe('1080p')
  expect(suited('480p', 5_000, '480p')).toBe('480p')
  expect(suited('720p', 350, '720p')).toBe('480p')
})
const sizes: string[] = ['480p', '720p', '1080p']

test('V37 the small picture keeps the shape of the main one, in even numbers, and is smaller', () => {
  expect(lowOf({ width: 1280, height: 720 })).toEqual({ width: 640, height: 360 })
  expect(lowOf({ width: 720, height: 1280 })).toEqual({ width: 360, height: 640 })
  expect(lowOf({ width: 854, height: 480 })).toEqual({ width: 640, height: 360 })
  expect(lowOf({ width: 640, height: 480 })).toEqual({ width: 480, height: 360 })
  expect(lowOf({ width: 1050, height: 700 })).toEqual({ width: 540, height: 360 })
  expect(lowOf({ width: 640, height: 360 })).toBeNull()
  expect(lowOf({ width: 320, height: 240 })).toBeNull()
})

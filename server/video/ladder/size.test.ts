import { expect, test } from 'vitest'
import { lowSizeOf } from './size.ts'

test.each([
  [1280, 720, 640, 360],
  [1920, 1080, 640, 360],
  [720, 1280, 360, 640],
  [960, 720, 480, 360],
  [2560, 1080, 640, 270],
  [1080, 1080, 360, 360],
  [854, 480, 640, 360],
])('V39 the small picture of %i x %i is %i x %i', (width, height, lowWidth, lowHeight) => {
  expect(lowSizeOf({ width, height })).toEqual({ width: lowWidth, height: lowHeight })
})

test('V39 what is small already gets no small picture', () => {
  expect(lowSizeOf({ width: 640, height: 360 })).toBeNull()
  expect(lowSizeOf({ width: 360, height: 640 })).toBeNull()
  expect(lowSizeOf({ width: 1920, height: 400 })).toBeNull()
})

import { expect, test } from 'vitest'
import { ageOf, CODE_SIZE, drawClock, paintClock } from './clock-code.ts'

/** A canvas of grey values; `noise` is what an encoder does to them. */
function filmed(now: number, noise = 0): { data: Uint8ClampedArray<ArrayBuffer>; width: number } {
  const { width, height } = CODE_SIZE
  const data = new Uint8ClampedArray(width * height * 4)
  const canvas = {
    fillStyle: '',
    fillRect(x: number, y: number, w: number, h: number) {
      const value = canvas.fillStyle === '#fff' ? 235 - noise : 16 + noise
      for (let row = y; row < y + h; row++) data.fill(value, (row * width + x) * 4, (row * width + x + w) * 4)
    },
  }
  drawClock(canvas as unknown as CanvasRenderingContext2D, now)
  return { data, width }
}

test('reads back what was drawn, through an encoder’s noise', () => {
  const now = 1_795_251_573_544
  expect(ageOf(filmed(now), now + 412)).toBe(412)
  expect(ageOf(filmed(now, 60), now + 412)).toBe(412)
})

test('the code may wrap between camera and screen', () => {
  const wrap = 2 ** 24
  expect(ageOf(filmed(wrap - 100), wrap + 200)).toBe(300)
})

test('a damaged square is no number', () => {
  expect(ageOf(filmed(1_000, 90), 2_000)).toBeNull()
})

test('the same code in a picture of one byte a pixel', () => {
  const width = CODE_SIZE.width + 7
  const grey = new Uint8Array(width * CODE_SIZE.height)
  const now = 1_795_251_573_544
  paintClock(grey, width, now)
  const data = new Uint8ClampedArray(grey.length * 4)
  for (const [i, value] of grey.entries()) data.fill(value, i * 4, i * 4 + 4)
  expect(ageOf({ data, width }, now + 412)).toBe(412)
})

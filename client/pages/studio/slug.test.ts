import { expect, test } from 'vitest'
import { slugPreview, slugProblem } from './slug.ts'

test.each([
  ['Friday Night Live', 'friday-night-live'],
  ['  Café à la crème!  ', 'cafe-a-la-creme'],
  ['2 + 2 = 4', '2-2-4'],
  ['日本', ''],
  [`${'a'.repeat(47)} b`, 'a'.repeat(47)],
])('the title %s suggests %s', (title, slug) => {
  expect(slugPreview(title)).toBe(slug)
  expect(slugProblem(slugPreview(title))).toBeUndefined()
})

test.each(['Upper', 'two--dashes', '-edge', 'edge-', 'sp ace', 'a'.repeat(49)])(
  '%s is no address',
  (slug) => {
    expect(slugProblem(slug)).toBeDefined()
  },
)

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isReserved, numbered, slugOf } from './slug.ts'

test.each([
  ['Tea Time', 'tea-time'],
  ["Zoë's Café & Crêperie", 'zoes-cafe-creperie'],
  ['Straße nach Łódź', 'strasse-nach-lodz'],
  ['  --  ', 'show'],
  ['お茶の時間', 'show'],
  ['Studio', 'studio-show'],
  ['API', 'api-show'],
  ['100% live!', '100-live'],
  [
    'one two three four five six seven eight nine ten eleven',
    'one-two-three-four-five-six-seven-eight-nine-ten',
  ],
])('the title %j becomes %j', (title, slug) => {
  expect(slugOf(title)).toBe(slug)
})

test('every title gives a slug that an address can hold, and so does its hundredth namesake', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 130 }),
      fc.integer({ min: 2, max: 999 }),
      (title, n) => {
        for (const slug of [slugOf(title), numbered(slugOf(title), n)]) {
          expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
          expect(slug.length).toBeLessThanOrEqual(48)
          expect(isReserved(slug)).toBe(false)
        }
      },
    ),
  )
})

import { expect, test } from 'vitest'
import { displayName, guestName } from './name.ts'

test.each([
  ['Ada', 'Ada'],
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['Zoe\u0308', 'Zoë'],
  ['कार्तिक', 'कार्तिक'],
  ['Ada ❤️', 'Ada ❤️'],
  ['😀'.repeat(32), '😀'.repeat(32)],
])('a name %j is shown as %j', (raw, name) => {
  expect(displayName(raw)).toEqual({ ok: true, value: name })
})

test.each([
  ['nothing', ''],
  ['spaces', '   '],
  ['33 characters', 'a'.repeat(33)],
  ['a control character', 'Ada\u0000'],
  ['a right-to-left override', 'Ada\u202eadA'],
  ['an isolate', '\u2066Ada'],
  ['a zero-width space', 'Ad\u200ba'],
  ['a zero-width joiner', 'Ad\u200da'],
  ['a byte order mark inside', 'Ad\ufeffa'],
  ['half a surrogate pair', 'Ada\ud83d'],
  ['a letter that draws nothing', '\u3164'],
  ['a selector alone', '\ufe0f'],
])('a name with %s is refused', (_, raw) => {
  expect(displayName(raw)).toEqual({ ok: false, denial: { code: 'bad_request', field: 'name' } })
})

test('guest names have four digits for every fraction, and are names', () => {
  for (const fraction of [0, 0.25, 0.999_999_999]) {
    expect(guestName(fraction)).toMatch(/^Guest [1-9]\d{3}$/)
    expect(displayName(guestName(fraction)).ok).toBe(true)
  }
})

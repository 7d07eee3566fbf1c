import { describe, expect, test } from 'vitest'
import { skeleton } from './confusable.ts'
import { displayName, guestName } from './name.ts'

const nameOf = (raw: string) => {
  const result = displayName(raw)
  return result.ok ? result.value.name : result.denial
}

test.each([
  ['Ada', 'Ada'],
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['Zoe\u0308', 'Zoë'],
  ['कार्तिक', 'कार्तिक'],
  ['Ada ❤️', 'Ada ❤️'],
  ['😀'.repeat(32), '😀'.repeat(32)],
  ['Modi', 'Modi'],
  ['Ghost', 'Ghost'],
  ['Supporter', 'Supporter'],
  ['O’Hara-Smith', 'O’Hara-Smith'],
])('a name %j is shown as %j', (raw, name) => {
  expect(nameOf(raw)).toBe(name)
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
  expect(nameOf(raw)).toEqual({ code: 'bad_request', field: 'name' })
})

test.each(Array.from('✓✔✅☑★☆⭐🌟✪✨👑♛🛡⚔🔰🎖🏅™®©'))(
  'P24 a badge cannot be typed into a name: %s',
  (badge) => {
    for (const raw of [`Ada ${badge}`, `${badge}Ada`, badge, `A${badge}\ufe0fda`])
      expect(nameOf(raw)).toEqual({ code: 'bad_request', field: 'name' })
  },
)

test.each([
  ['plain', 'Moderator'],
  ['by case', 'mODerator'],
  ['as one of several words', 'Ada (mod)'],
  ['behind an underscore', 'ada_mod'],
  ['in brackets', '[HOST] Ada'],
  ['by spacing', 'm o d'],
  ['by dots', 'h.o.s.t'],
  ['homographs: Cyrillic', 'Аdmіn'],
  ['homographs: capital I for l, 1 for i', 'ADM1N'],
  ['homographs: a nought', 'Supp0rt'],
  ['homographs: rn for m', 'Adrnin'],
  ['wide letters', 'ＨＯＳＴ'],
  ['mathematical letters', '𝓗𝓸𝓼𝓽'],
  ['letters in circles', 'Ⓜⓞⓓ'],
  ['letters in black boxes', '🅼🅾🅳'],
  ['small capitals', 'ᴍᴏᴅ'],
  ['marks over letters', 'h̷o̷s̷t̷'],
])('P24 a name that claims an office is refused, %s', (_, raw) => {
  expect(nameOf(raw)).toEqual({ code: 'name_reserved', field: 'name' })
})

describe('P23 names that look the same have one skeleton', () => {
  test.each([
    ['case', 'Hana', ['HANA', 'hana', 'hAnA']],
    ['spaces and punctuation', 'Hana', ['H a n a', 'Hana.', '_Hana_', 'Ha-na', 'Hana !']],
    ['invisible characters', 'Hana', ['Ha\u00adna', 'Ha\u200bna', 'Hana\ufe0f', 'Ha\u2060na']],
    ['other scripts', 'Hana', ['Наnа', 'НАNА', 'ΗΑΝΑ', 'Ꮋаna', 'Հana']],
    ['styled letters', 'Hana', ['Ｈａｎａ', '𝕳𝖆𝖓𝖆', 'Ⓗⓐⓝⓐ', 'ʜᴀɴᴀ', '🅷🅰🅽🅰']],
    ['accents', 'Hana', ['Hána', 'Hâňa', 'H̷a̷n̷a̷']],
    ['signs around it', 'Hana', ['Hana 🎭', '❤️Hana❤️']],
    ['one stroke', 'Lilli', ['LiIIi', 'L1lli', 'lilll', '|illi', 'LILLI']],
    ['two letters for one', 'Emma Wood', ['Ernrna Wood', 'Emma VVood', 'Emma W00d']],
    ['a name in Cyrillic, in both cases', 'Ната', ['НАТА', 'ната', 'HATA']],
    ['a name of signs alone', '🎭', ['🎭\ufe0f', ' 🎭']],
  ])('%s', (_, name, others) => {
    for (const other of others) expect([other, skeleton(other)]).toEqual([other, skeleton(name)])
  })

  test('and those that do not, do not', () => {
    const names = [
      'Hana',
      'Hanna',
      'Hans',
      'Anna',
      'が',
      'か',
      'कार्तिक',
      'कीर्ति',
      'محمد',
      '🎭',
      '🎪',
      'Ada2',
      'Ada',
    ]
    expect(new Set(names.map(skeleton)).size).toBe(names.length)
    expect(names.map(skeleton)).not.toContain('')
  })
})

test('guest names have four digits for every fraction, and are names', () => {
  for (const fraction of [0, 0.25, 0.999_999_999]) {
    const { name } = guestName(fraction)
    expect(name).toMatch(/^Guest [1-9]\d{3}$/)
    expect(displayName(name)).toEqual({ ok: true, value: guestName(fraction) })
  }
})

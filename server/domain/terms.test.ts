import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { createMatcher, tidyTerms } from './terms.ts'

const hold = (...patterns: string[]) => patterns.map((pattern) => ({ pattern, action: 'hold' as const }))
const hits = (pattern: string, text: string) => createMatcher(hold(pattern))(text).term !== null

describe('P25 a blocked word is found however it is disguised', () => {
  test.each([
    ['case', 'ASS'],
    ['punctuation around it', '"ass"!'],
    ['spacing', 'you a s s you'],
    ['spacing: dots, dashes, lines', 'a.s-s'],
    ['spacing: over lines', 'a\ns\ns'],
    ['zero-width characters', 'a\u200bs\u200ds'],
    ['a soft hyphen', 'a\u00adss'],
    ['marks over letters', 'a\u0336s\u0336s\u0336'],
    ['accents', 'âśş'],
    ['homographs: Cyrillic', 'аss'],
    ['homographs: Cyrillic capitals', 'АSS'],
    ['wide letters', 'ＡＳＳ'],
    ['mathematical letters', '𝓪𝓼𝓼'],
    ['letters in circles', 'ⓐⓢⓢ'],
    ['letters in boxes', '🅰🆂🆂'],
    ['small capitals', 'ᴀꜱꜱ'],
    ['digits', 'a55'],
    ['signs', '@$$'],
    ['signs behind it', '@ss!!!'],
    ['a stretched letter', 'aaaassssss'],
    ['a right-to-left override', '\u202eass'],
  ])('%s', (_, text) => {
    expect(hits('ass', text)).toBe(true)
  })

  test.each([
    ['kill', ['kIll', 'k1ll', 'ki11', 'k!ll', 'KILL', 'k i l l']],
    ['spam', ['s-p-a-m', 'sp.am', '$pam', 'SPÁM', 's_p_a_m']],
    ['нос', ['НОС', 'Нос']],
    ['straße', ['STRASSE', 'Straße']],
    ['ὀδός', ['ΟΔΟΣ']],
    ['1488', ['1488!', '１４８８']],
    ['🍆', ['nice🍆', '🍆🍆', '🍆\ufe0f']],
    ['example.com', ['go to example.com/x', 'EXAMPLE . COM']],
    ['kill yourself', ['Kill   yourself', 'kíll\nyourself!']],
    ['a.s.s', ['ass', 'a s s']],
  ])('%s', (pattern, texts) => {
    for (const text of texts) expect([text, hits(pattern, text)]).toEqual([text, true])
  })

  test.each([
    ['ass', ['class', 'assume', 'bass', 'as', 'as s', '455', '$455', 'a5', 'AS']],
    ['god', ['good', 'gods', 'go d']],
    ['kill', ['skill', 'killer', 'kil', 'milk ill']],
    ['corn', ['com']],
    ['1488', ['14880', '148']],
    ['kill yourself', ['kill', 'kill your self', 'yourself kill', 'skill yourself']],
    ['example.com', ['example of com', 'example', 'examples.com']],
  ])('and %s not in other words', (pattern, texts) => {
    for (const text of texts) expect([text, hits(pattern, text)]).toEqual([text, false])
  })
})

describe('P25 a star is any letters of one word', () => {
  test.each([
    ['*ass*', 'classes', true],
    ['ass*', 'assume', true],
    ['ass*', 'class', false],
    ['*ass', 'class', true],
    ['*ass', 'classes', false],
    ['a*s', 'albatros', true],
    ['a*s', 'a long s', false],
    ['s*s', 'ss', true],
    ['s*s', 's', false],
    ['f*ck', 'f*ck', true],
    ['f*ck', 'fffuuuck', true],
    ['kill your*', 'kill yourself', true],
    ['kill * now', 'kill it now', true],
    ['kill * now', 'kill now', false],
    ['kill *', 'kill', false],
    ['* you', 'love you', true],
    ['* you', 'you', false],
    ['*a*b*c*', 'xaxbxc', true],
    ['*a*b*c*', 'xaxcxb', false],
    ['*🍆*', '🍆', true],
  ])('%s and %s', (pattern, text, found) => {
    expect(hits(pattern, text)).toBe(found)
  })

  test('held against a plain reading of stars, on words of two letters', () => {
    const letters = (...of: string[]) => fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(letters('a', 'b', '*'), letters('a', 'b'), (typed, word) => {
        const text = word.join('')
        // Three of a kind may mean one, which a plain reading cannot say.
        fc.pre(/[ab]/.test(typed.join('')) && !/(.)\1\1/.test(text))
        const plain = new RegExp(`^${typed.join('').replaceAll('*', '.*')}$`)
        expect([typed.join(''), text, hits(typed.join(''), text)]).toEqual([
          ...[typed.join(''), text, plain.test(text)],
        ])
      }),
      { numRuns: 2_000 },
    )
  })
})

test.each([
  ['Chinese', '死', '你去死吧'],
  ['Japanese', '死ね', 'お前死ねよ'],
  ['Japanese, half-width', 'バカ', 'ﾊﾞｶだ'],
  ['Thai', 'ควาย', 'ไอ้ควายโง่'],
  ['Korean, with an ending', '바보', '바보야'],
])('P25 %s has no spaces, or endings on its words: found inside', (_, pattern, text) => {
  expect(hits(pattern, text)).toBe(true)
  expect(hits(pattern, 'hello')).toBe(false)
})

test('P25 a term that refuses comes before one that holds; of the same kind the first', () => {
  const find = createMatcher([
    { pattern: 'one', action: 'hold' },
    { pattern: 'two', action: 'hold' },
    { pattern: 'three', action: 'refuse' },
    { pattern: 'fo*r', action: 'refuse' },
  ])
  const found = (text: string) => find(text).term?.pattern ?? null
  expect(found('two one')).toBe('one')
  expect(found('one three')).toBe('three')
  expect(found('one two four three')).toBe('three')
  expect(found('one four')).toBe('fo*r')
  expect(found('five')).toBeNull()
  expect(createMatcher([])('anything').term).toBeNull()
})

describe('P25 what a pattern may be', () => {
  test.each([
    ['nothing', ''],
    ['spaces', '  '],
    ['a star', '*'],
    ['stars', '** *'],
    ['65 characters', 'a'.repeat(65)],
    ['a control character', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud83d'],
    ['a star among signs', '!*!'],
    ['what draws nothing', '\u200b'],
    ['too much once folded', 'ﷺ'.repeat(60)],
  ])('not %s', (_, pattern) => {
    const denial = { code: 'bad_request', field: 'terms.1.pattern' }
    expect(tidyTerms(hold('fine', pattern))).toEqual({ ok: false, denial })
  })

  test('tidied, each once, the stricter action', () => {
    const result = tidyTerms([
      { pattern: '  Kill   you** ', action: 'hold' },
      { pattern: 'kill you*', action: 'refuse' },
      { pattern: 'KILL YOU*', action: 'hold' },
      { pattern: 'Zoe\u0308', action: 'hold' },
      { pattern: 'a'.repeat(64), action: 'hold' },
    ])
    expect(result).toEqual({
      ok: true,
      value: [
        { pattern: 'kill you*', action: 'refuse' },
        { pattern: 'Zoë', action: 'hold' },
        { pattern: 'a'.repeat(64), action: 'hold' },
      ],
    })
    const many = Array.from({ length: LIMITS.terms + 1 }, (_, i) => `word${i}`)
    expect(tidyTerms(hold(...many.slice(1))).ok).toBe(true)
    expect(tidyTerms(hold(...many))).toEqual({ ok: false, denial: { code: 'bad_request', field: 'terms' } })
  })

  test('every pattern that is taken finds itself, stars taken as a letter', () => {
    const letter = fc.constantFrom(...Array.from('abzé1$!. -*死나🍆ЖǅﬁＡ'))
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 12 }), (typed) => {
        const tidy = tidyTerms(hold(typed.join('')))
        fc.pre(tidy.ok)
        const { pattern } = tidy.value[0] ?? { pattern: '' }
        // A letter beside a number makes the number a letter.
        fc.pre(!/1/.test(pattern) || !pattern.includes('*'))
        expect([pattern, hits(pattern, pattern.replaceAll('*', 'x'))]).toEqual([pattern, true])
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('P25 the work is bounded by letters times terms, whatever a host or a viewer writes', () => {
  /** Readings of one text, each walked once per term, and once more where letters stand alone. */
  const most = (terms: number, chars: number) => 14 * terms * (chars + 1)

  test('500 hostile patterns, 500 hostile characters', () => {
    const star = (i: number) => `*a*a*a*a*a*a*a*a*a*a${'a'.repeat(i % 40)}*b`
    const terms = hold(
      ...Array.from({ length: 250 }, (_, i) => star(i)),
      ...Array.from({ length: 250 }, (_, i) => `${'a '.repeat(1 + (i % 31))}a*b`),
    )
    const find = createMatcher(terms)
    for (const text of [
      'a'.repeat(500),
      'a '.repeat(250),
      'ab'.repeat(250),
      'a.b!c1d '.repeat(62),
      '@1!|I'.repeat(100),
    ])
      expect(find(text).steps).toBeLessThan(most(500, 500))
  })

  test('ordinary text against 500 plain words costs a look-up for each word', () => {
    const find = createMatcher(hold(...Array.from({ length: 500 }, (_, i) => `forbidden${i}x`)))
    const text = 'what a lovely show this is '.repeat(18)
    expect(find(text)).toEqual({ term: null, steps: text.trim().split(' ').length })
  })

  test('for all patterns and texts', () => {
    const hostile = fc.array(fc.constantFrom(...Array.from('ab*.! 1@Iа')), { minLength: 1, maxLength: 64 })
    const text = fc.array(fc.constantFrom(...Array.from('ab.! 1@Iа\n')), { maxLength: 500 })
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 20 }), text, (patterns, chars) => {
        const terms = hold(...patterns.map((pattern) => pattern.join('')))
        const steps = createMatcher(terms)(chars.join('')).steps
        expect(steps).toBeLessThanOrEqual(most(patterns.length, chars.length) + 14 * (chars.length + 1))
      }),
      { numRuns: 200 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, foldAny, readings } from './fold.ts'

describe('what a repeater varies makes no other text', () => {
  test.each([
    [
      'Buy now!',
      [
        'BUY NOW',
        'b u y   n o w',
        'buy...now!!!!',
        'buuuuy nooow',
        'bu\u200by now',
        'Bùÿ ñow',
        'Ｂuy now',
        'buy n0w',
        'Вuy nоw',
        'buy now 😂',
      ],
    ],
    ['😂', ['😂😂😂😂', '😂 😂', '😂\ufe0f']],
    ['?!', ['? !', '?!!!', '??!']],
  ])('%s', (text, others) => {
    for (const other of others) expect([other, fold(other)]).toEqual([other, fold(text)])
  })

  test('other words, numbers and signs do', () => {
    const texts = [
      'vote 1',
      'vote 2',
      'vote 11',
      'vote',
      'veto',
      '1',
      '11',
      '😂',
      '😡',
      '?',
      'да',
      'нет',
      '好',
      '不好',
    ]
    expect(new Set(texts.map(fold)).size).toBe(texts.length)
    expect(texts.map(fold)).not.toContain('')
  })
})

test('a plain text is read in one way, a disguised one in a few', () => {
  expect(readings('Hello World!')).toEqual([['hello', 'world']])
  expect(readings("don't")).toEqual([['don', 't'], ['dont']])
  expect(readings('m1ss @ll')).toEqual([
    ['m1ss', 'll'],
    ['miss', 'all'],
    ['mlss', 'all'],
  ])
  expect(readings('')).toEqual([[]])
})

test('P15 what is plainly written folds as it does with something invisible in it', () => {
  const plain = fc.string({ unit: fc.constantFrom(...Array.from('abIlmnor STZ.,!?-')), maxLength: 40 })
  fc.assert(
    fc.property(plain, (text) => {
      expect(fold(text)).toBe(fold(`${text}\u200b`))
    }),
    { seed: 7, numRuns: 2_000 },
  )
})

describe('the short way of plain words', () => {
  test('P15 answers what the long one does', () => {
    const pieces = [
      'a',
      'B',
      'oo',
      'ss',
      '0',
      '1',
      '22',
      '7',
      '!',
      '!!',
      '|',
      '+',
      '@',
      '$',
      '.',
      '-',
      '#',
      '_',
      ' ',
    ]
    const tricky = fc.array(fc.constantFrom(...pieces, '\n', '\t', "'", '*', '\u00a0', '\u0131', 'é', '😂'))
    fc.assert(
      fc.property(
        fc.oneof(
          tricky.map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          expect([text, fold(text)]).toEqual([text, foldAny(text)])
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findsLink, hasLink } from './links.ts'

describe('what leads somewhere is a link', () => {
  test.each([
    'https://example.com/x?y=1',
    'see example.com/x.',
    'www.example.com',
    'discord.gg/abc',
    'ftp://example.com',
    'http://192.0.2.1/',
    'https://good.example@evil.example/',
    'HTTPS://EXAMPLE.COM',
    'münchen.de',
  ])('%s', (text) => {
    expect(hasLink(text)).toBe(true)
  })

  test.each([
    ['a masked scheme', 'hxxps://example.com'],
    ['a dot in brackets', 'example[.]com'],
    ['a dot in words', 'example (dot) com'],
    ['zero-width', 'exam\u200bple.c\u2060om'],
    ['wide letters', 'ｅｘａｍｐｌｅ．ｃｏｍ'],
    ['an ideographic full stop', 'example。com'],
    ['homographs', 'exаmple.cоm'],
    ['a right-to-left override', '\u202eexample.com'],
  ])('also with %s', (_, text) => {
    expect(hasLink(text)).toBe(true)
  })
})

test.each([
  'ada@example.com',
  'mailto:ada@example.com',
  'mail ada.lovelace@sub.example.co.uk please',
  'node.js',
  'version 1.2.3',
  'e.g. this, i.e. that',
  'well...ok',
  'как дела.со мной',
  '見た。行く',
  'javascript:alert(1)',
  '(dot)',
  '@ada hello',
  '',
])('%j is none', (text) => {
  expect(hasLink(text)).toBe(false)
})

describe('a text that is not looked at closely', () => {
  test('P15 holds no link', () => {
    const pieces = [
      'example',
      'com',
      'http',
      'hxxps',
      'localhost',
      'mailto',
      'www',
      'dot',
      '1',
      '8080',
      'a',
      '@',
      '-',
    ]
    const signs = ['.', ':', '/', '//', '[', ']', '(', ')', ' ', '\n', '?', '#', '192.0.2.1', '. ', ' : ']
    const texts = fc.array(fc.constantFrom(...pieces, ...signs), { maxLength: 9 }).map((all) => all.join(''))
    fc.assert(
      fc.property(texts, (text) => {
        expect([text, hasLink(text)]).toEqual([text, findsLink(text)])
      }),
      { numRuns: 3_000 },
    )
  })
})

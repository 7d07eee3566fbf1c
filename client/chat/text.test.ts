import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { textLeft } from './limits.ts'
import { mentions, mentionsIn, offeredNames, recentNames, typedName } from './mention.ts'
import { tokensOf } from './text.tsx'

const link = (text: string) => tokensOf(text, []).find((token) => token.kind === 'link')

describe('links', () => {
  test.each([
    ['see https://example.com/a?b=1#c now', 'https://example.com/a?b=1#c'],
    ['(http://example.com)', 'http://example.com/'],
    ['www.example.com.', 'https://www.example.com/'],
    ['example.com/path', 'https://example.com/path'],
  ])('%s is a plain link', (text, href) => {
    expect(link(text)).toMatchObject({ href })
    expect(link(text)).not.toHaveProperty('host')
  })

  test.each([
    'javascript:alert(1)',
    'JAVASCRIPT://example.com/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox',
    'file:///etc/passwd',
    'mailto:a@example.com',
    'a@example.com',
    'ftp://example.com/x',
  ])('%s leads nowhere', (text) => {
    for (const token of tokensOf(text, []))
      if (token.kind === 'link') expect(token.href).toMatch(/^https?:\/\/[a-z.]+\//)
    expect(link(text)?.text.includes(':') ?? false).toBe(false)
  })

  test.each([
    ['https://bank.com@evil.example/login', 'evil.example'],
    ['https://user:pw@evil.example', 'evil.example'],
    ['https://www.аррӏе.com', 'www.xn--80ak6aa92e.com'],
    ['http://xn--e1awd7f.com', 'xn--e1awd7f.com'],
    ['http://example。com', 'example.com'],
  ])('%s says its host', (text, host) => {
    const found = link(text)
    if (found) expect(found).toMatchObject({ host })
    else expect(tokensOf(text, []).every(({ kind }) => kind === 'text')).toBe(true)
  })

  test('any text comes out whole, and every link is http or https', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('https://', 'a@b.co', 'www.', '.com', '@', 'javascript:', '\u202e', 'Ada', ' ', '\n'),
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        const tokens = tokensOf(text, ['Ada'])
        expect(tokens.map((token) => token.text).join('')).toBe(text)
        for (const token of tokens)
          if (token.kind === 'link') expect(['http:', 'https:']).toContain(new URL(token.href).protocol)
      }),
      { numRuns: 500, seed: 20261121 },
    )
  })
})

describe('mentions', () => {
  const marked = (text: string, names: string[]) =>
    mentionsIn(text, names).flatMap((piece) => (piece.mention ? [piece.text] : []))

  test('a name is marked whole, in any case, the longest first', () => {
    expect(marked('hi @ada lovelace and @ADA!', ['Ada', 'Ada Lovelace'])).toEqual(['@ada lovelace', '@ADA'])
    expect(marked('@山田太郎 こんにちは', ['山田太郎'])).toEqual(['@山田太郎'])
  })

  test('a name inside a word, an address or an unknown name is not', () => {
    expect(marked('mail ada@ada.com @adam @ @nobody', ['Ada'])).toEqual([])
    expect(mentions('@Graceful', 'Grace')).toBe(false)
    expect(mentions('(@Grace)', 'Grace')).toBe(true)
    expect(mentions('@ ', '')).toBe(false)
  })

  test('the name being typed is found at the caret', () => {
    expect(typedName('hi @ad', 6)).toEqual({ from: 3, query: 'ad' })
    expect(typedName('hi @ada love', 12)).toEqual({ from: 3, query: 'ada love' })
    expect(typedName('a@b', 3)).toBeNull()
    expect(typedName('hi @ad\nx', 8)).toBeNull()
    expect(typedName('hi', 2)).toBeNull()
  })

  test('those who spoke last are offered first, oneself never', () => {
    const said = (id: string, name: string) => ({
      seq: 1,
      at: 0,
      event: {
        type: 'said' as const,
        message: { id, author: { id, name, role: 'viewer' as const }, text: 'x', at: 0 },
      },
    })
    const names = recentNames([said('1', 'Ada'), said('2', 'Alan'), said('3', 'me'), said('1', 'Ada')], '3')
    expect(names).toEqual(['Ada', 'Alan'])
    expect(offeredNames(names, 'AL')).toEqual(['Alan'])
    expect(offeredNames(names, 'alan')).toEqual([])
    expect(offeredNames(names, '')).toEqual(['Ada', 'Alan'])
  })
})

describe('M4 what is left of a text', () => {
  test('characters are code points after NFC', () => {
    expect(textLeft('e\u0301'.repeat(500))).toEqual({ left: 0, near: true, over: false })
    expect(textLeft('👍'.repeat(499))).toEqual({ left: 1, near: true, over: false })
    expect(textLeft('a'.repeat(501))).toEqual({ left: -1, near: true, over: true })
    expect(textLeft(' hello ')).toEqual({ left: 495, near: false, over: false })
  })

  test('a text within its characters is within its bytes', () => {
    expect(LIMITS.textChars * 4).toBeLessThanOrEqual(LIMITS.textBytes)
  })
})

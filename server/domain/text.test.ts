import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { chatText, codePoints, utf8Bytes } from './text.ts'

const family = '👨‍👩‍👧‍👦'

test.each([
  ['hello', 'hello'],
  ['  hello \n', 'hello'],
  ['two\nlines', 'two\nlines'],
  ['from\r\nWindows', 'from\nWindows'],
  ['Zoe\u0308', 'Zoë'],
  ['a\n\n\n\n\nb', 'a\n\nb'],
  ['a\n \n\t\n'.replace('\t', '') + 'b', 'a\n\nb'],
  [family, family],
  ['a'.repeat(500), 'a'.repeat(500)],
  ['😀'.repeat(500), '😀'.repeat(500)],
])('M4 %j is taken as %j', (raw, text) => {
  expect(chatText(raw)).toEqual({ ok: true, value: text })
})

test.each([
  ['', 'text_empty'],
  [' \n ', 'text_empty'],
  ['\u200b\u200d\ufe0f', 'text_empty'],
  ['\u3164', 'text_empty'],
  ['a\0b', 'text_forbidden'],
  ['tab\there', 'text_forbidden'],
  ['bell\u0007', 'text_forbidden'],
  ['c1\u0085next', 'text_forbidden'],
  ['half \ud83d', 'text_forbidden'],
  ['\udc00 half', 'text_forbidden'],
  ['a'.repeat(501), 'text_too_long'],
  ['😀'.repeat(501), 'text_too_long'],
  [family.repeat(81), 'text_too_long'],
])('M4 %j is refused: %s', (raw, code) => {
  expect(chatText(raw)).toEqual({ ok: false, denial: { code, field: 'text' } })
})

test('M4 whatever is taken is within the limits, normal, and taken again unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (raw) => {
      const first = chatText(raw)
      if (!first.ok) return
      const text = first.value
      expect(codePoints(text)).toBeLessThanOrEqual(LIMITS.textChars)
      expect(new TextEncoder().encode(text).length).toBe(utf8Bytes(text))
      expect(text).toBe(text.normalize('NFC'))
      expect(chatText(text)).toEqual(first)
    }),
  )
})

test('M4 hostile text costs linear time', () => {
  /** Of this process, best of three: a machine that does something else meanwhile counts for nothing. */
  const cost = (raw: string) =>
    Math.min(
      ...Array.from({ length: 3 }, () => {
        const before = process.cpuUsage()
        for (let i = 0; i < 50; i++) chatText(raw)
        const { user, system } = process.cpuUsage(before)
        return user + system
      }),
    )
  for (const hostile of [
    (n: number) => '\n '.repeat(n / 2),
    (n: number) => `\n${' '.repeat(n)}x`,
    (n: number) => '\n'.repeat(n),
  ]) {
    cost(hostile(4_000)) // compiled by now
    // Eight times as long: 8 when it is linear, 64 when it is not.
    expect(cost(hostile(32_000)) / Math.max(1, cost(hostile(4_000)))).toBeLessThan(32)
  }
})

import { expect, test } from 'vitest'
import { reason, remark } from './remark.ts'

test.each([undefined, '', '   ', '\n\n', '\u200b'])(
  'P13 a reason of nothing to be seen is none: %j',
  (raw) => {
    expect(reason(raw, 'reason')).toEqual({ ok: true, value: undefined })
  },
)

test('P13 a reason is kept as chat texts are', () => {
  expect(reason('  e\u0301teint\r\nici ', 'reason')).toEqual({ ok: true, value: '\u00e9teint\nici' })
})

test.each([
  ['x'.repeat(201), 'text_too_long'],
  ['😀'.repeat(201), 'text_too_long'],
  ['a\u0000b', 'text_forbidden'],
] as const)('P13 a refused reason names its field: %#', (raw, code) => {
  expect(reason(raw, 'note')).toEqual({ ok: false, denial: { code, field: 'note' } })
  expect(reason('😀'.repeat(200), 'note').ok).toBe(true)
})

test('P13 a note cannot be nothing', () => {
  expect(remark(' ', 'text', 500)).toEqual({ ok: false, denial: { code: 'text_empty', field: 'text' } })
  expect(remark('x'.repeat(501), 'text', 500)).toMatchObject({ denial: { code: 'text_too_long' } })
})

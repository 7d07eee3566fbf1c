import { expect, test } from 'vitest'
import { descriptionText, titleText } from './title.ts'

test.each([
  ['  Tea  at five ', 'Tea  at five'],
  ['e\u0301t\u00e9', '\u00e9t\u00e9'],
  ['\u{1f468}\u200d\u{1f373} cooks', '\u{1f468}\u200d\u{1f373} cooks'],
])('the title %j is kept as %j', (raw, title) => {
  expect(titleText(raw)).toEqual({ ok: true, value: title })
})

test.each(['', ' ', 'a\0b', 'a\nb', '\u202egnp.exe', '\u200b', '\ud800', 'a\u2028b'])(
  'the title %j is refused',
  (raw) => {
    expect(titleText(raw)).toEqual({ ok: false, denial: { code: 'bad_request', field: 'title' } })
  },
)

test('a description keeps its lines, may be empty, and hides nothing', () => {
  expect(descriptionText('one\r\ntwo\n')).toEqual({ ok: true, value: 'one\ntwo' })
  expect(descriptionText('')).toEqual({ ok: true, value: '' })
  expect(descriptionText('a\0b')).toMatchObject({ denial: { field: 'description' } })
  expect(descriptionText('a\u202eb')).toMatchObject({ denial: { field: 'description' } })
})

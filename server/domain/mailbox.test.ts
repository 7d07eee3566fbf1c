import { expect, test } from 'vitest'
import { mailbox } from './mailbox.ts'

test('one mailbox has one spelling', () => {
  expect(mailbox('Ada@Example.ORG')).toEqual({ ok: true, value: 'ada@example.org' })
})

test.each(['a\0@b.example', 'a\u200b@b.example', '\ud800@b.example'])('%j is refused', (raw) => {
  expect(mailbox(raw)).toEqual({ ok: false, denial: { code: 'bad_request', field: 'email' } })
})

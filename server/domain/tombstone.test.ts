import { expect, test } from 'vitest'
import type { Entry, Message } from '../../shared/protocol/index.ts'
import { withoutText } from './tombstone.ts'

const author = { id: 'ada', name: 'Ada', role: 'viewer' } as const
const secret: Message = { id: 'm1', author, text: 'secret', at: 1 }
const reply: Message = {
  id: 'm2',
  author,
  text: 'mine',
  at: 2,
  replyTo: { id: 'm1', name: 'Ada', text: 'secret' },
}
const entry = (event: Entry['event']): Entry => ({ seq: 1, at: 1, event })

test.each<[string, Entry]>([
  ['said', entry({ type: 'said', message: secret })],
  ['whispered', entry({ type: 'whispered', viewer: { id: 'ada', name: 'Ada' }, message: secret })],
  ['pinned', entry({ type: 'pinned', message: secret, ver: 1 })],
  ['quoted', entry({ type: 'said', message: reply })],
])('L6 no text of a deleted message is left where it was %s', (_, before) => {
  const after = withoutText(before, 'm1')
  expect(JSON.stringify(before)).toContain('secret')
  expect(JSON.stringify(after)).not.toContain('secret')
})

test('L6 a delete leaves every other entry the very same object, and the words of a reply', () => {
  for (const event of [
    { type: 'said', message: { ...secret, id: 'other' } },
    { type: 'deleted', target: 'm1' },
    { type: 'unpinned', ver: 2 },
  ] as const) {
    const before = entry(event)
    expect(withoutText(before, 'm1')).toBe(before)
  }
  expect(withoutText(entry({ type: 'said', message: reply }), 'm1')).toMatchObject({
    event: { message: { text: 'mine', replyTo: { id: 'm1', text: null } } },
  })
})

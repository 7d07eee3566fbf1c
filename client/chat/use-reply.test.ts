import { expect, test } from 'vitest'
import type { Entry } from '../../shared/protocol/events.ts'
import { isDeleted } from './use-reply.ts'

const said = (id: string, text: string | null): Entry => {
  const author = { id: 'ada', name: 'Ada', role: 'viewer' } as const
  return { seq: 1, at: 1, event: { type: 'said', message: { id, author, text, at: 1 } } }
}

test('L6 a reply in the making lets go of words that are deleted, and of no others', () => {
  expect(isDeleted([said('a', null), said('b', 'still here')], { id: 'a' })).toBe(true)
  expect(isDeleted([said('a', null), said('b', 'still here')], { id: 'b' })).toBe(false)
  expect(isDeleted([], { id: 'a' })).toBe(false)
})

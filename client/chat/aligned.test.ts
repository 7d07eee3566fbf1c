import { expect, test } from 'vitest'
import type { Entry } from '../../shared/protocol/events.ts'
import { alignedTo } from './aligned.ts'

const said = (seq: number, at: number, by = 'a'): Entry => ({
  ...{ seq, at },
  event: {
    type: 'said',
    message: { id: `m${seq}`, author: { id: by, name: 'Ada', role: 'viewer' }, text: 'hi', at },
  },
})

test('V27 aligned chat holds public messages back until their moment, and nothing else', () => {
  const entries: Entry[] = [
    said(1, 100),
    said(2, 200),
    { seq: 3, at: 210, event: { type: 'deleted', target: 'm1' } },
    said(4, 220, 'me'),
    said(5, 300),
  ]
  const { shown, nextAt } = alignedTo(entries, 150, 'me')
  expect(shown.map(({ seq }) => seq)).toEqual([1, 3, 4])
  expect(nextAt).toBe(200)
  expect(alignedTo(entries, 200, 'me').shown.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  const all = alignedTo(entries, 300, 'me')
  expect(all.shown).toBe(entries)
  expect(all.nextAt).toBeNull()
})

import { expect, test } from 'vitest'
import { createSlowReaders } from './slow-readers.ts'

const second = 1_000
const minute = 60 * second

test('C15 the third close within 60 s asks for snapshots, a later one does not', () => {
  const record = createSlowReaders()
  expect(record.closed('ada', 'show', 0)).toBe(1)
  expect(record.closed('ada', 'show', 30 * second)).toBe(2)
  expect(record.wantsSnapshots('ada', 'show', 30 * second)).toBe(false)
  expect(record.closed('ada', 'show', minute + 1)).toBe(2)
  expect(record.wantsSnapshots('ada', 'show', minute + 1)).toBe(false)
  expect(record.closed('ada', 'show', 90 * second)).toBe(3)
  expect(record.wantsSnapshots('ada', 'show', 90 * second)).toBe(true)
})

test('C15 another stream and another person are not meant', () => {
  const record = createSlowReaders()
  for (let i = 0; i < 3; i++) record.closed('ada', 'show', i)
  expect(record.wantsSnapshots('ada', 'other', 3)).toBe(false)
  expect(record.wantsSnapshots('bob', 'show', 3)).toBe(false)
})

test('C15 it is over when a socket kept up, or five minutes after the last close', () => {
  const record = createSlowReaders()
  for (let i = 0; i < 3; i++) record.closed('ada', 'show', 0)
  expect(record.wantsSnapshots('ada', 'show', 5 * minute - 1)).toBe(true)
  expect(record.wantsSnapshots('ada', 'show', 5 * minute)).toBe(false)
  // Closed again while spared: spared from then on, however long ago the others were.
  record.closed('ada', 'show', 4 * minute)
  expect(record.wantsSnapshots('ada', 'show', 9 * minute - 1)).toBe(true)
  record.forgive('ada', 'show')
  expect(record.wantsSnapshots('ada', 'show', 4 * minute)).toBe(false)
  expect(record.size).toBe(0)
})

test('C14 all closes are counted, and the record forgets the oldest offender beyond 10,000', () => {
  const record = createSlowReaders()
  for (let i = 0; i < 3; i++) record.closed('ada', 'show', 0)
  for (let i = 0; i < 9_999; i++) record.closed(`person ${i}`, 'show', 1)
  expect(record.wantsSnapshots('ada', 'show', 1)).toBe(true)
  record.closed('one more', 'show', 1)
  expect(record.wantsSnapshots('ada', 'show', 1)).toBe(false)
  expect(record.size).toBe(10_000)
  expect(record.total()).toBe(10_003)
})

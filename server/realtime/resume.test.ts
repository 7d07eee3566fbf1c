import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../../shared/protocol/index.ts'
import { resume } from './resume.ts'

const entry = (seq: number, text = 'x'): Entry => ({
  seq,
  at: seq,
  event: {
    type: 'said',
    message: { id: `m${seq}`, author: { id: 'a', name: 'A', role: 'viewer' }, text, at: seq },
  },
})
/** A log at `seq` of which the newest `kept` are in memory. */
const view = (seq: number, kept = seq, text?: string) => ({
  epoch: 'e1',
  seq,
  entries: Array.from({ length: kept }, (_, i) => entry(seq - kept + 1 + i, text)),
})
const seqs = (entries: Entry[]) => entries.map(({ seq }) => seq)

test('C3 a cursor is continued without a gap', () => {
  expect(resume({ epoch: 'e1', seq: 7 }, view(10))).toMatchObject({ recovered: true, seq: 10 })
  expect(seqs(resume({ epoch: 'e1', seq: 7 }, view(10)).entries)).toEqual([8, 9, 10])
  expect(resume({ epoch: 'e1', seq: 10 }, view(10))).toMatchObject({ recovered: true, entries: [] })
  expect(resume({ epoch: 'e1', seq: 0 }, view(0))).toMatchObject({ recovered: true, entries: [] })
})

test('C2 a first join is given the newest 50', () => {
  const fresh = resume(undefined, view(200))
  expect(fresh).toMatchObject({ recovered: false, reason: 'new', seq: 200 })
  expect(seqs(fresh.entries)).toEqual(Array.from({ length: 50 }, (_, i) => 151 + i))
  expect(resume(undefined, view(0))).toMatchObject({ reason: 'new', seq: 0, entries: [] })
})

test.each([
  ['501 behind', { epoch: 'e1', seq: 499 }, view(1_000), 'too_many'],
  ['behind what is kept', { epoch: 'e1', seq: 10 }, view(200, 100), 'too_old'],
  ['more than 256 KB', { epoch: 'e1', seq: 0 }, view(300, 300, 'ü'.repeat(500)), 'too_many'],
  ['L4 of another numbering', { epoch: 'e0', seq: 9 }, view(10), 'epoch'],
  ['of the future', { epoch: 'e1', seq: 11 }, view(10), 'epoch'],
  ['negative', { epoch: 'e1', seq: -1 }, view(10), 'epoch'],
  ['a fraction', { epoch: 'e1', seq: 2.5 }, view(10), 'epoch'],
  ['not a number', { epoch: 'e1', seq: NaN }, view(10), 'epoch'],
  ['infinite', { epoch: 'e1', seq: Infinity }, view(10), 'epoch'],
  ['2^63', { epoch: 'e1', seq: 2 ** 63 }, view(10), 'epoch'],
])('C3 a cursor %s is answered with a snapshot', (_, cursor, state, reason) => {
  expect(resume(cursor, state)).toMatchObject({ recovered: false, reason, seq: state.seq })
  expect(seqs(resume(cursor, state).entries)).toEqual(seqs(state.entries.slice(-50)))
})

test('C3 whatever the client sent: all that is missing, or a snapshot that ends at the position', () => {
  const number = fc.oneof(fc.integer({ min: -5, max: 700 }), fc.double(), fc.maxSafeInteger())
  fc.assert(
    fc.property(fc.nat(700), fc.nat(700), number, fc.constantFrom('e1', 'e2', ''), (seq, keep, at, epoch) => {
      const state = view(seq, Math.min(seq, keep))
      const { recovered, entries } = resume({ epoch, seq: at }, state)
      const got = seqs(entries)
      const first = recovered ? at + 1 : seq - got.length + 1
      expect(got).toEqual(Array.from({ length: seq - first + 1 }, (_, i) => first + i))
      if (!recovered) expect(got.length).toBe(Math.min(50, state.entries.length))
    }),
  )
})

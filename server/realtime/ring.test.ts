import { expect, test } from 'vitest'
import type { Entry, Message } from '../../shared/protocol/index.ts'
import { createRing } from './ring.ts'

const said = (seq: number, more: Partial<Message> = {}): Entry => {
  const author = { id: 'a', name: 'A', role: 'viewer' } as const
  return {
    seq,
    at: seq,
    event: { type: 'said', message: { id: `m${seq}`, author, text: `t${seq}`, at: seq, ...more } },
  }
}

test('the ring keeps the newest, dense and in order, up to any position asked for', () => {
  const ring = createRing(3, [said(1), said(2)])
  for (let seq = 3; seq <= 20; seq++) {
    ring.push(said(seq))
    expect(ring.upTo(seq).map((entry) => entry.seq)).toEqual([seq - 2, seq - 1, seq])
  }
  expect(ring.upTo(19).map((entry) => entry.seq)).toEqual([17, 18, 19])
  expect(createRing(3, []).upTo(0)).toEqual([])
  expect(createRing(3, [said(1), said(2)]).upTo(0)).toEqual([])
})

test('a range is there whole or not at all', () => {
  const ring = createRing(3, [])
  expect(ring.between(1, 1)).toBeNull()
  for (let seq = 5; seq <= 9; seq++) ring.push(said(seq))
  const between = (from: number, to: number) => ring.between(from, to)?.map(({ seq }) => seq) ?? null
  expect(between(5, 9)).toEqual([5, 6, 7, 8, 9])
  expect(between(7, 8)).toEqual([7, 8])
  expect(between(9, 9)).toEqual([9])
  expect([between(4, 6), between(8, 10), between(10, 12)]).toEqual([null, null, null])
})

test('L6 a delete takes the text out of what is kept, quotes included', () => {
  const ring = createRing(10, [said(1, { text: 'secret' })])
  ring.push(said(2, { replyTo: { id: 'm1', name: 'A', text: 'secret' } }))
  ring.push({ seq: 3, at: 3, event: { type: 'deleted', target: 'm1' } })
  expect(JSON.stringify(ring.upTo(3))).not.toContain('secret')
  expect(ring.upTo(3)).toHaveLength(3)
})

test('C20 entries that readers have not been shown yet do not push out those that they have', () => {
  const ring = createRing(3, [])
  for (let seq = 1; seq <= 20; seq++) ring.push(said(seq), Math.min(seq, 10))
  expect(ring.upTo(10).map(({ seq }) => seq)).toEqual([8, 9, 10])
  expect(ring.upTo(20).map(({ seq }) => seq)).toEqual([18, 19, 20])
})

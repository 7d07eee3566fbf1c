import { expect, test } from 'vitest'
import type { Entry } from '../../shared/protocol/events.ts'
import { ready, stillWaiting, stripped } from './delay.ts'
import type { Waiting } from './delay.ts'

const said = (seq: number, at: number, text: string | null = 'x'): Entry => {
  const author = { id: 'a', name: 'A', role: 'viewer' } as const
  return { seq, at, event: { type: 'said', message: { id: `m${seq}`, author, text, at } } }
}
const since = (...times: number[]): Waiting[] =>
  times.map((time, i) => ({ entry: said(i + 1, time), since: time }))

test.each<[what: string, waiting: Waiting[], now: number, count: number, nextMs: number | null]>([
  ['nothing waits', [], 0, 0, null],
  ['not yet', since(100, 200), 1_099, 0, 1],
  ['to the millisecond', since(100, 200), 1_100, 1, 100],
  ['all of it', since(100, 200), 1_200, 2, null],
  ['nothing overtakes, whatever the times say', since(900, 100), 1_200, 0, 700],
  ['a clock that stepped back by a minute', since(60_000), 0, 0, 1_000],
])('C20 ready: %s', (_, waiting, now, count, nextMs) => {
  expect(ready(waiting, 1_000, now)).toEqual({ count, nextMs })
})

test('C20 without a delay everything goes', () => {
  expect(ready(since(100, 200), 0, 0)).toEqual({ count: 2, nextMs: null })
})

test('C20 of a log read for the first time the end still waits, from when it was said', () => {
  const log = [said(1, 100), said(2, 1_000), said(3, 1_500)]
  expect(stillWaiting(log, 1_000, 1_500).map(({ entry, since: at }) => [entry.seq, at])).toEqual([
    [2, 1_000],
    [3, 1_500],
  ])
  expect(stillWaiting(log, 1_000, 2_500)).toEqual([])
  // The database's clock may be ahead of ours.
  expect(stillWaiting(log, 1_000, 1_200).at(-1)?.since).toBe(1_200)
})

test('C20 L6 what is deleted while it waits loses its text and keeps its turn', () => {
  const before = since(1, 2)
  const [first, second] = stripped(before, 'm2')
  expect(first).toEqual(before[0])
  expect(second).toEqual({ entry: said(2, 2, null), since: 2 })
})

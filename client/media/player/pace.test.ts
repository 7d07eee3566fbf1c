import { expect, test } from 'vitest'
import { calmed, decide, narrowed, newPace, stalled } from './pace.ts'

const at = (position: number, ...spans: [number, number][]) =>
  decide(
    newPace(0),
    position,
    spans.map(([start, end]) => ({ start, end })),
  )

test('near the target nothing moves', () => {
  expect(at(9.6, [0, 10])).toEqual({ kind: 'none' })
})

test('a little late plays faster, too close plays slower', () => {
  expect(at(9, [0, 10])).toEqual({ kind: 'rate', rate: 1.08 })
  expect(at(9.9, [0, 10])).toEqual({ kind: 'rate', rate: 0.96 })
})

test('catching up goes on until the target is met, not only until the band is', () => {
  const fast = { ...newPace(0), rate: 1.08 }
  expect(decide(fast, 9.55, [{ start: 0, end: 10 }])).toEqual({ kind: 'none' })
  expect(decide(fast, 9.65, [{ start: 0, end: 10 }])).toEqual({ kind: 'rate', rate: 1 })
  const slow = { ...newPace(0), rate: 0.96 }
  expect(decide(slow, 9.75, [{ start: 0, end: 10 }])).toEqual({ kind: 'none' })
  expect(decide(slow, 9.7, [{ start: 0, end: 10 }])).toEqual({ kind: 'rate', rate: 1 })
})

test('more than two seconds late jumps to the target', () => {
  expect(at(7, [0, 10])).toEqual({ kind: 'jump', to: 9.65 })
})

test('a position beyond the end of all media jumps back to it', () => {
  expect(at(30, [0, 10])).toEqual({ kind: 'jump', to: 9.65 })
})

test('what is left before a hole plays out, then the hole is jumped', () => {
  expect(at(3.5, [0, 4], [4.6, 5.2])).toEqual({ kind: 'none' })
  expect(at(3.97, [0, 4], [4.5, 5])).toEqual({ kind: 'jump', to: 4.65 })
})

test('never jumps before the beginning of the live span', () => {
  expect(at(4, [0, 4], [4.6, 4.8])).toEqual({ kind: 'jump', to: 4.6 })
})

test('stalls move the target back to a bound, calm gives it back step by step', () => {
  let pace = newPace(0)
  for (let i = 0; i < 10; i += 1) pace = stalled(pace, 1_000)
  expect(pace.target).toBe(1.6)
  expect(calmed(pace, 20_000)).toBe(pace)
  const better = calmed(pace, 21_000)
  expect(better.target).toBeCloseTo(1.333, 3)
  expect(calmed(better, 22_000)).toBe(better)
})

test('V38 behind a hole playing goes on once as much has come as it plays behind', () => {
  const pace = { ...newPace(0), target: 1 }
  const at = (end: number) =>
    decide(pace, 10, [
      { start: 5, end: 10 },
      { start: 12, end },
    ])
  expect(at(12.5)).toEqual({ kind: 'none' })
  expect(at(13.1)).toEqual({ kind: 'jump', to: 12.1 })
})

test('V38 what is left before a hole is played out, unless the picture stands in front of it', () => {
  const spans = [
    { start: 5, end: 10.4 },
    { start: 11, end: 12 },
  ]
  expect(decide(newPace(0), 10, spans)).toEqual({ kind: 'none' })
  expect(decide(newPace(0), 10, spans, true)).toEqual({ kind: 'jump', to: 11.65 })
})

test('V38 a narrow line is played further behind, and closer again in calm', () => {
  const pace = narrowed(newPace(0), 0)
  expect(pace.target).toBe(1.5)
  expect(narrowed({ ...pace, target: 1.6 }, 0).target).toBe(1.6)
  expect(calmed(pace, 19_000).target).toBe(1.5)
  expect(calmed(pace, 20_000).target).toBeLessThan(1.5)
})

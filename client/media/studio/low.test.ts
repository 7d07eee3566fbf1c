import { expect, test } from 'vitest'
import { crowded, lowSecond, newLow, without, type Low, type LowSecond } from './low.ts'

const good: LowSecond = { fps: 30, made: { main: 30, low: 30 }, behind: 1, full: true }

/** Lets seconds pass; says at which of them it came on or went off. */
function pass(
  low: Low,
  from: number,
  seconds: number,
  seen: (at: number) => Partial<LowSecond> = () => ({}),
) {
  const path: string[] = []
  for (let at = from + 1; at <= from + seconds; at += 1) {
    const next = lowSecond(low, { ...good, ...seen(at) }, at * 1_000)
    if (next.on !== low.on) path.push(`${next.on ? 'on' : `off:${next.why}`} ${at}`)
    low = next
  }
  return { low, path }
}
const onAir = pass(newLow(0), 0, 10).low

test('V37 it comes when the main picture is there, and stays', () => {
  expect(pass(newLow(0), 0, 600).path).toEqual(['on 2'])
})

test('V37 it waits for a main picture that has all its bits and frames, and says what is missing', () => {
  const thin = pass(newLow(0), 0, 30, () => ({ full: false }))
  expect(thin.path).toEqual([])
  expect(thin.low.why).toBe('line')
  expect(pass(thin.low, 30, 10).path).toEqual(['on 32'])
  const busy = pass(newLow(0), 0, 30, () => ({ made: { main: 18, low: 0 } }))
  expect(busy.path).toEqual([])
  expect(busy.low.why).toBe('device')
})

test('V37 dropped frames of the main picture end it at once, of its own only when they come again', () => {
  expect(crowded(onAir, 'main', 11_000)).toMatchObject({ on: false, why: 'line' })
  const once = crowded(onAir, 'low', 11_000)
  expect(once.on).toBe(true)
  expect(crowded(once, 'low', 22_000).on).toBe(true)
  expect(crowded(once, 'low', 20_000)).toMatchObject({ on: false, why: 'line' })
})

test('V37 a device that gives the main picture fewer frames than it did alone loses the small one', () => {
  const path = (seen: Partial<LowSecond>) => pass(onAir, 10, 4, () => seen).path
  expect(path({ made: { main: 23, low: 23 } })).toEqual(['off:device 13'])
  expect(path({ made: { main: 30, low: 12 } })).toEqual(['off:device 13'])
  expect(path({ behind: 6 })).toEqual(['off:device 13'])
  expect(path({ made: { main: 25, low: 24 } })).toEqual([])
  // A device that never gave more than 24 is not made slower by this one.
  const slower = pass(newLow(0), 0, 10, () => ({ made: { main: 24, low: 24 } })).low
  expect(pass(slower, 10, 10, () => ({ made: { main: 22, low: 22 } })).path).toEqual([])
})

test('V37 frames of two seconds that were counted in one are no measure', () => {
  const late = pass(newLow(0), 0, 10, (at) => (at === 1 ? { made: { main: 55, low: 0 } } : {})).low
  expect(pass(late, 10, 60).path).toEqual([])
})

test('V37 a second or two of trouble are none', () => {
  const hiccups = pass(onAir, 10, 60, (at) => (at % 4 < 2 ? { made: { main: 5, low: 5 } } : {}))
  expect(hiccups.path).toEqual([])
})

test('V37 where it always fails it is tried ever more seldom; a long stay forgives', () => {
  const waits: number[] = []
  let low = onAir
  let at = 10
  for (let i = 0; i < 7; i += 1) {
    low = crowded(low, 'main', at * 1_000)
    const back = pass(low, at, 700)
    const came = Number(back.path[0]?.split(' ')[1])
    waits.push(came - at)
    low = pass(low, at, came - at).low
    at = came
  }
  expect(waits).toEqual([20, 40, 80, 160, 320, 600, 600])
  low = crowded(pass(low, at, 200).low, 'main', (at + 200) * 1_000)
  expect(pass(low, at + 200, 100).path).toEqual([`on ${at + 220}`])
})

test('V37 trouble of the line while it is off begins the calm anew', () => {
  let low = crowded(onAir, 'main', 10_000)
  low = crowded(pass(low, 10, 15).low, 'main', 25_000)
  expect(pass(low, 25, 30).path).toEqual(['on 45'])
})

test('V37 what the server refuses, and what would not be smaller, is not tried again', () => {
  for (const why of ['refused', 'size'] as const)
    expect(pass(without(onAir, why, 11_000), 11, 5_000).path).toEqual([])
})

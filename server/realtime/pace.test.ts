import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import { createPace } from './pace.ts'
import type { Part } from './pace.ts'

function setUp() {
  const clock = createHandClock(0)
  const pace = createPace(clock)
  const told: { name: string; at: number }[] = []
  const part = (name: string, listeners: number): Part => ({
    listeners: () => listeners,
    tell: () => void told.push({ name, at: clock.now() }),
  })
  const parts = (count: number, listeners = 250) =>
    Array.from({ length: count }, (_, i) => part(String(i), listeners))
  /** All of them have something to say every `everyMs`; returns when each was told. */
  async function busy(room: readonly Part[], everyMs: number, ms: number) {
    const audience = room.reduce((sum, { listeners }) => sum + listeners(), 0)
    for (let at = 0; at < ms; at += everyMs) {
      for (const one of room) pace.wants(one, audience)
      await clock.advance(everyMs)
    }
  }
  const timesOf = (name: string) => told.filter((one) => one.name === name).map(({ at }) => at)
  const gaps = (times: readonly number[]) => times.slice(1).map((at, i) => at - (times[i] ?? 0))
  return { clock, pace, told, part, parts, busy, timesOf, gaps }
}

test('L7 after a quiet time who wants to be told is told in that very turn', () => {
  const { pace, part, told, clock } = setUp()
  pace.wants(part('a', 1), 1)
  pace.wants(part('b', 100), 100)
  expect(told.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(clock.timers()).toBe(0)
})

test('L7 a lone line in a big room goes to all parts without a pause, the loop free after each few', async () => {
  const { pace, parts, told, clock } = setUp()
  for (const one of parts(40)) pace.wants(one, 10_000)
  expect(told).toHaveLength(2)
  await clock.advance(0)
  expect(told).toHaveLength(40)
})

test('L7 a busy room is told part by part in even turns', async () => {
  const { parts, busy, told, timesOf, gaps } = setUp()
  await busy(parts(20), 20, 5_000)
  const late = gaps(timesOf('7')).slice(-20)
  expect(Math.max(...late)).toBeLessThanOrEqual(110)
  expect(Math.min(...late)).toBeGreaterThanOrEqual(95)
  // Two parts at most in the same millisecond: 4 ms of the loop.
  const settled = told.slice(-200)
  const together = settled.map(({ at }) => settled.filter((other) => other.at === at).length)
  expect(Math.max(...together)).toBeLessThanOrEqual(2)
})

test('L7 however many listen, nobody waits longer than about a quarter of a second', async () => {
  const { parts, busy, timesOf, gaps } = setUp()
  await busy(parts(80), 20, 5_000)
  for (const name of ['0', '41', '79']) expect(Math.max(...gaps(timesOf(name)))).toBeLessThanOrEqual(280)
})

test('L7 few listeners do not wait behind many', async () => {
  const { clock, pace, part, parts, busy, timesOf } = setUp()
  const crowd = parts(40)
  await busy(crowd, 20, 1_000)
  for (const one of crowd) pace.wants(one, 10_000)
  const asked = clock.now()
  pace.wants(part('few', 5), 5)
  await clock.advance(300)
  expect((timesOf('few')[0] ?? Infinity) - asked).toBeLessThanOrEqual(6)
})

test('who asks twice is told once, and who is forgotten is not told', async () => {
  const { clock, pace, parts, told } = setUp()
  const room = parts(60)
  for (const one of room) pace.wants(one, 15_000)
  for (const one of room.slice(2)) pace.wants(one, 15_000)
  for (const one of room.slice(10)) pace.forget(one)
  await clock.advance(1_000)
  expect(told.map(({ name }) => name)).toEqual(room.slice(0, 10).map((_, i) => String(i)))
  expect(clock.timers()).toBe(0)
})

test('a wall clock that is set back or forth holds nobody up', async () => {
  const { clock, pace, parts, told } = setUp()
  const room = parts(60)
  for (const one of room) pace.wants(one, 15_000)
  clock.step(-3_600_000)
  await clock.advance(400)
  expect(told).toHaveLength(60)
  clock.step(7_200_000)
  for (const one of room) pace.wants(one, 15_000)
  await clock.advance(400)
  expect(told).toHaveLength(120)
})

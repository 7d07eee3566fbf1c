import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import { createDeadlines } from './deadlines.ts'

function stage() {
  const clock = createHandClock(1_700)
  const deadlines = createDeadlines(clock)
  const due: [string, number][] = []
  const start = clock.now()
  const who = (name: string) => ({ due: () => void due.push([name, clock.now() - start]) })
  return { clock, deadlines, due, who }
}

test('deadlines come at their second, never early and less than a second late, with one timer for all', async () => {
  const { clock, deadlines, due, who } = stage()
  deadlines.add(who('a'), 5_000)
  await clock.advance(300)
  deadlines.add(who('b'), 5_000)
  deadlines.add(who('c'), 0)
  deadlines.add(who('d'), 1_800_000)
  expect(clock.timers()).toBe(1)
  await clock.advance(2_000_000)
  expect(due).toEqual([
    ['c', 1_000],
    ['a', 5_000],
    ['b', 6_000],
    ['d', 1_801_000],
  ])
  expect(clock.timers()).toBe(0)
})

test('one that was cancelled does not come, and one may be cancelled or added by another that comes', async () => {
  const { clock, deadlines, due, who } = stage()
  const [a, b] = [who('a'), who('b')]
  const slot = deadlines.add(a, 2_000)
  const together = deadlines.add(
    {
      due() {
        deadlines.cancel(b, together)
        deadlines.add(a, 1_000)
      },
    },
    3_000,
  )
  deadlines.add(b, 3_000)
  deadlines.cancel(a, slot)
  deadlines.cancel(a, slot + 1)
  await clock.advance(10_000)
  expect(due).toEqual([['a', 4_000]])
})

test('a wall clock that is set moves no deadline', async () => {
  const { clock, deadlines, due, who } = stage()
  deadlines.add(who('a'), 60_000)
  await clock.advance(10_000)
  clock.step(3_600_000)
  await clock.advance(10_000)
  clock.step(-7_200_000)
  await clock.advance(39_000)
  expect(due).toEqual([])
  await clock.advance(1_000)
  expect(due.map(([name]) => name)).toEqual(['a'])
})

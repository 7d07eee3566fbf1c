import { expect, test } from 'vitest'
import { settle } from '../test/clock.ts'
import { createTurnstile } from './turnstile.ts'

/** A turnstile for two, whose turns the test takes one by one. */
function world() {
  const due: (() => void)[] = []
  const after = (_ms: number, fn: () => void) => {
    due.push(fn)
    return () => void due.splice(due.indexOf(fn), 1)
  }
  const { pass, stop } = createTurnstile({ after }, 2)
  const passed: number[] = []
  async function come(n: number): Promise<void> {
    await pass()
    passed.push(n)
  }
  async function turn(): Promise<void> {
    due.shift()?.()
    await settle()
  }
  return { come, stop, passed, due, turn }
}

test('C13 who comes with others goes through two by two, in order, and others have their turns in between', async () => {
  const { come, passed, due, turn } = world()
  const all = [1, 2, 3, 4, 5].map(come)
  await settle()
  expect(passed).toEqual([1, 2])
  all.push(come(6))
  await turn()
  expect(passed).toEqual([1, 2, 3, 4])
  // Whoever comes now waits behind those who wait.
  all.push(come(7))
  await turn()
  expect(passed).toEqual([1, 2, 3, 4, 5, 6])
  await turn()
  expect(passed).toEqual([1, 2, 3, 4, 5, 6, 7])
  await turn()
  expect(due).toEqual([])
  await Promise.all(all)
})

test('C13 one who comes alone does not wait, and a stopped turnstile holds no timer', async () => {
  const { come, passed, due, turn, stop } = world()
  await come(1)
  await turn()
  await come(2)
  await come(3)
  expect(passed).toEqual([1, 2, 3])
  stop()
  expect(due).toEqual([])
})

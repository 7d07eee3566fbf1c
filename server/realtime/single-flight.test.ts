import { expect, test } from 'vitest'
import { settle } from '../test/clock.ts'
import { createSingleFlight } from './single-flight.ts'

test('those who ask while an answer is on its way share it; the next asks anew', async () => {
  let fetched = 0
  const read = createSingleFlight(async (key: string) => {
    await settle()
    return `${key} ${++fetched}`
  })
  expect(await Promise.all([read('a'), read('b'), read('a')])).toEqual(['a 1', 'b 2', 'a 1'])
  expect(await read('a')).toBe('a 3')
})

test('a failure is shared once and not kept', async () => {
  let away = true
  const read = createSingleFlight(() => (away ? Promise.reject(new Error('away')) : Promise.resolve(1)))
  const both = await Promise.allSettled([read('a'), read('a')])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  away = false
  expect(await read('a')).toBe(1)
})

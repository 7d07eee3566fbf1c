import { expect, test } from 'vitest'
import { createFollows } from './follows.ts'

test('the first follower and the last are told, the others are counted', () => {
  const told: string[] = []
  const follows = createFollows<string>({
    first: (key) => told.push(`first ${key}`),
    last: (key) => told.push(`last ${key}`),
  })
  const [one, two] = [follows.follow('a'), follows.follow('a')]
  follows.follow('b')
  one()
  one()
  expect(follows.has('a')).toBe(true)
  two()
  expect([follows.has('a'), follows.has('b')]).toEqual([false, true])
  expect(told).toEqual(['first a', 'first b', 'last a'])
  follows.follow('a')
  two()
  expect(follows.has('a')).toBe(true)
})

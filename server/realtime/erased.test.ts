// A stream that is erased while people are in it.
import { expect, test } from 'vitest'
import { createWorld } from '../test/harness.ts'
import { settle } from '../test/clock.ts'

test('P32 the sockets of an erased stream close within a second, and coming back there is nothing', async () => {
  const world = createWorld()
  const people = [await world.join('ada'), await world.join('bob'), await world.join('hana')]
  await world.clock.advance(1_000)
  expect(people.map(({ closed }) => closed())).toEqual([null, null, null])
  world.tables.streams.clear()
  await world.clock.advance(1_000)
  await settle()
  expect(people.map(({ closed }) => closed()?.code)).toEqual([4409, 4409, 4409])
})

// What private messages leave no trace in: other threads of the same person, and the ids of other messages.
import { expect, test } from 'vitest'
import { settle } from '../../test/clock.ts'
import { createWorld } from '../../test/harness.ts'

test('P1 the threads of one viewer in two streams are two logs: neither hears of the other', async () => {
  const world = createWorld()
  const other = world.stream('other', 'olga')
  const [here, there] = [await world.join('bob'), await world.join('bob', { pass: { stream: other.id } })]
  const olga = await world.join('olga', { pass: { stream: other.id } })
  await here.ask({ t: 'whisper', text: 'only for hana' })
  await olga.ask({ t: 'whisper', text: 'only from olga', to: world.person('bob') })
  await settle()
  expect(here.entries('thread').map(({ seq }) => seq)).toEqual([1])
  expect(there.entries('thread').map(({ seq }) => seq)).toEqual([1])
  expect(here.raw.join()).not.toContain('only from olga')
  expect(there.raw.join() + olga.raw.join()).not.toContain('only for hana')
})

test('P1 ids of messages are drawn at random: they tell nothing of what was written in between', async () => {
  const world = createWorld()
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  const ids: string[] = []
  for (const client of [ada, bob, ada, bob]) {
    const ok = await client.ask({ t: client === bob ? 'whisper' : 'say', text: 'x' })
    if (ok.t === 'ok' && ok.id !== undefined) ids.push(ok.id)
  }
  const parts = ids.map((id) => id.split('-'))
  expect(parts).toHaveLength(4)
  for (const place of [0, 1, 4]) expect(new Set(parts.map((part) => part[place])).size).toBe(4)
})

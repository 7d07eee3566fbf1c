import { expect, test } from 'vitest'
import { settle } from '../test/clock.ts'
import { createWorld } from '../test/harness.ts'

test('a say reaches everybody in the room, its author gets the position', async () => {
  const world = createWorld()
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  const ok = await ada.ask({ t: 'say', text: ' hello ' })
  expect(ok).toMatchObject({ t: 'ok', log: 'room', seq: 1 })
  for (const client of [ada, bob])
    expect(client.entries('room')).toMatchObject([
      {
        seq: 1,
        event: { type: 'said', message: { text: 'hello', author: { name: 'ada', role: 'viewer' } } },
      },
    ])
})

test('P1 a whisper is in the thread of its viewer and the inbox of the host, and on no other wire', async () => {
  const world = createWorld()
  world.moderator('mona')
  const [ada, bob, mona] = [await world.join('ada'), await world.join('bob'), await world.join('mona')]
  const hana = await world.join('hana')
  expect(await bob.ask({ t: 'whisper', text: 'from bob' })).toMatchObject({ log: 'thread', seq: 1 })
  expect(await ada.ask({ t: 'whisper', text: 'from ada' })).toMatchObject({ log: 'thread', seq: 1 })
  const reply = await hana.ask({ t: 'whisper', text: 'to ada', to: world.person('ada') })
  expect(reply).toMatchObject({ log: 'inbox', seq: 3 })
  await settle()
  const texts = (client: typeof ada, log: 'thread' | 'inbox') =>
    client.entries(log).map(({ event }) => event.type === 'whispered' && event.message.text)
  expect(texts(ada, 'thread')).toEqual(['from ada', 'to ada'])
  expect(texts(bob, 'thread')).toEqual(['from bob'])
  expect(texts(hana, 'inbox')).toEqual(['from bob', 'from ada', 'to ada'])
  for (const [client, secret] of [
    [ada, 'from bob'],
    [bob, 'from ada'],
    [mona, 'from'],
    [mona, 'to ada'],
  ] as const)
    expect(client.raw.join()).not.toContain(secret)
})

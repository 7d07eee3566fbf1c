import { expect, test } from 'vitest'
import { settle } from '../test/clock.ts'
import { createMemoryBus, createWorld } from '../test/harness.ts'
import type { Journal } from '../app/ports.ts'

/** A journal that can be switched off. */
function brittle() {
  const state = { away: false }
  const journal = (real: Journal): Journal =>
    new Proxy(real, {
      get: (target, name: keyof Journal) =>
        state.away
          ? () => Promise.reject(new Error('connection refused: secret words'))
          : (Reflect.get(target, name) as unknown),
    })
  return { state, journal }
}

test('M6 with the database away commands answer unavailable, sockets stay, and all works when it is back', async () => {
  const { state, journal } = brittle()
  const world = createWorld({ journal })
  const [ada, hana] = [await world.join('ada'), await world.join('hana')]
  state.away = true
  for (const command of [
    { t: 'say', text: 'x' },
    { t: 'slow', seconds: 5 },
    { t: 'unpin' },
    { t: 'read', log: 'room', from: 1, to: 2 },
  ] as const)
    expect(await hana.ask(command)).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 })
  expect(await ada.ask({ t: 'whisper', text: 'x' })).toMatchObject({ code: 'unavailable' })
  expect(ada.closed()).toBeNull()
  expect(ada.raw.join() + hana.raw.join()).not.toContain('secret words')
  await world.clock.advance(5_000)
  state.away = false
  expect(await ada.ask({ t: 'say', text: 'back' })).toMatchObject({ t: 'ok', seq: 1 })
  expect(hana.entries('room')).toHaveLength(1)
})

test('C12 with the database away the room is still read from memory, private logs are not', async () => {
  const { state, journal } = brittle()
  const world = createWorld({ journal })
  const [ada, hana] = [await world.join('ada'), await world.join('hana')]
  const { id } = (await ada.ask({ t: 'say', text: 'secret words' })) as { id: string }
  await ada.ask({ t: 'say', text: 'stays', replyTo: id })
  await ada.ask({ t: 'delete', target: id })
  await ada.ask({ t: 'whisper', text: 'psst' })
  const before = await hana.ask({ t: 'read', log: 'room', from: 1, to: 3 })
  state.away = true
  const page = await hana.ask({ t: 'read', log: 'room', from: 0, to: 3 })
  expect({ ...page, re: null }).toEqual({ ...before, re: null })
  expect(page).toMatchObject({
    entries: [
      { seq: 1, event: { message: { text: null } } },
      { seq: 2, event: { message: { text: 'stays', replyTo: { text: null } } } },
      { seq: 3, event: { type: 'deleted', target: id } },
    ],
  })
  const viewer = world.person('ada')
  for (const [client, command] of [
    [ada, { t: 'read', log: 'thread', from: 1, to: 1 }],
    [hana, { t: 'read', log: 'inbox', from: 1, to: 1 }],
    [hana, { t: 'read', log: 'thread', viewer, from: 1, to: 1 }],
    // Beyond what this node has: it cannot know whether there is more.
    [ada, { t: 'read', log: 'room', from: 3, to: 4 }],
  ] as const)
    expect(await client.ask(command)).toMatchObject({ code: 'unavailable' })
  expect(ada.raw.slice(-2).join()).not.toContain('psst')
})

test('a join while the database is away is closed to be tried again, and the next one gets in', async () => {
  const { state, journal } = brittle()
  const world = createWorld({ journal })
  state.away = true
  expect((await world.join('ada')).closed()).toMatchObject({ code: 4500 })
  state.away = false
  const ada = await world.join('ada')
  expect(ada.of('welcome')).toHaveLength(1)
  ada.leave()
  expect(world.first.chat.counts()).toMatchObject({ sockets: 0, logs: 0 })
})

test('C3 a resume ahead of its node is not sent back when the log cannot be read right then (fuzz seed 3745)', async () => {
  const blind = { on: false }
  const journal = (real: Journal): Journal => ({
    ...real,
    read: (...of) => (blind.on ? Promise.reject(new Error('connection lost')) : real.read(...of)),
  })
  const world = createWorld({ journal })
  const deaf = world.node(createMemoryBus())
  await world.join('bob', { on: deaf })
  const ada = await world.join('ada')
  await ada.ask({ t: 'say', text: 'heard here' })
  const { epoch } = ada.of('welcome')[0]!.logs[0]!
  const cursors = [{ log: 'room' as const, epoch, seq: 1 }]
  blind.on = true
  const early = await world.join('ada', { on: deaf, cursors })
  expect(early.of('welcome')).toEqual([])
  expect(early.closed()).toMatchObject({ code: 4500 })
  blind.on = false
  const back = await world.join('ada', { on: deaf, cursors })
  expect(back.of('welcome')[0]!.logs[0]).toMatchObject({ seq: 1, recovered: true, entries: [] })
})

test('L4 another numbering sends everybody away with 4409, and they join into the new one', async () => {
  let epoch: string | null = null
  const renumbered = (real: Journal): Journal => ({
    ...real,
    latest: async (as, log, count) => {
      const page = await real.latest(as, log, count)
      return { ...page, epoch: epoch ?? page.epoch }
    },
    positions: async (logs) => {
      const positions = await real.positions(logs)
      return positions.map((position) => ({ ...position, epoch: epoch ?? position.epoch }))
    },
  })
  const world = createWorld({ journal: renumbered })
  const [ada, hana] = [await world.join('ada'), await world.join('hana')]
  const old = ada.of('welcome')[0]!.logs[0]!.epoch
  epoch = 'restored'
  await world.clock.advance(1_000)
  for (const client of [ada, hana]) expect(client.closed()).toMatchObject({ code: 4409 })
  const back = await world.join('ada', { cursors: [{ log: 'room', epoch: old, seq: 0 }] })
  expect(back.of('welcome')[0]!.logs[0]).toMatchObject({
    epoch: 'restored',
    recovered: false,
    reason: 'epoch',
  })
  expect(world.first.chat.counts().sockets).toBe(1)
})

test('a log that can no longer be read sends its readers back to the door', async () => {
  const blind = { on: false }
  const journal = (real: Journal): Journal => ({
    ...real,
    read: (as, log, from, to) =>
      blind.on && log.kind === 'thread' ? Promise.resolve([]) : real.read(as, log, from, to),
  })
  const world = createWorld({ journal })
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  blind.on = true
  await ada.ask({ t: 'whisper', text: 'x' })
  await world.clock.advance(1_000)
  expect(ada.closed()).toBeNull()
  await world.clock.advance(2_000)
  expect(ada.closed()).toMatchObject({ code: 4409 })
  expect(bob.closed()).toBeNull()
})

test('M1 every command of a connection is answered once and in order, a flood beyond the queue refused', async () => {
  const held: (() => void)[] = []
  const slow = (real: Journal): Journal => ({
    ...real,
    append: async (drafts) => {
      await new Promise<void>((resolve) => held.push(resolve))
      return await real.append(drafts)
    },
  })
  const quick = { burst: 1_000, everyMs: 1 }
  const world = createWorld({ journal: slow, limits: { commands: quick, say: quick, queue: 8 } })
  const ada = await world.join('ada')
  const ids = Array.from({ length: 20 }, (_, i) => ada.send({ t: 'say', text: `${i}` }))
  await settle()
  expect(ada.of('err').map(({ re }) => re)).toEqual(ids.slice(9))
  expect(ada.of('err')[0]).toMatchObject({ code: 'overloaded', retryAfterMs: 1_000 })
  for (let i = 0; i < 9; i++) {
    held.shift()?.()
    await settle()
  }
  expect(ada.of('ok').map(({ re, seq }) => [re, seq])).toEqual(ids.slice(0, 9).map((id, i) => [id, i + 1]))
})

test('a socket that closes while its command runs is not answered, and nothing breaks', async () => {
  const world = createWorld()
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  ada.send({ t: 'say', text: 'last words' })
  const before = ada.raw.length
  ada.leave()
  await settle()
  expect(ada.raw.length).toBe(before)
  expect(bob.entries('room')).toHaveLength(1)
  expect(world.faults).toEqual([])
})

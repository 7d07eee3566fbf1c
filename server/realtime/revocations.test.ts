import { expect, test } from 'vitest'
import type { Act, Admission, Bus, Rights } from '../app/ports.ts'
import { revoke } from '../adapters/memory/tables.ts'
import { settle } from '../test/clock.ts'
import { createMemoryBus, createWorld } from '../test/harness.ts'
import type { World } from '../test/harness.ts'

/** A node that hears nothing of the others, as with Redis down. */
const deafNode = (world: World) => {
  const own = createMemoryBus()
  const bus: Bus = { ...own, publish: (notice) => world.bus.publish(notice) }
  return world.node(bus)
}
const ban = (target: string, seconds: number | null = null): Act => ({ type: 'ban', target, seconds })
const cuts = (world: World): [name: string, act: Act, code: number][] => [
  ['ada', ban(world.person('ada')), 4403],
  ['bob', { type: 'appoint', target: world.person('bob') }, 4409],
  ['mona', { type: 'dismiss', target: world.person('mona') }, 4409],
]

test('C11 a ban closes with 4403 and a changed role with 4409, at once where the bus is heard and by poll where not', async () => {
  const world = createWorld()
  world.moderator('mona')
  const deaf = deafNode(world)
  const bystander = await world.join('cleo', { on: deaf })
  for (const [name, act, code] of cuts(world)) {
    const [near, far] = [await world.join(name), await world.join(name, { on: deaf })]
    expect(await world.act('hana', act)).toMatchObject({ ok: true, value: { dup: false } })
    await settle()
    expect([name, near.closed()?.code]).toEqual([name, code])
    expect(far.closed()).toBeNull()
    await world.clock.advance(1_000)
    expect([name, far.closed()?.code]).toEqual([name, code])
  }
  expect(bystander.closed()).toBeNull()
})

test('C11 no frame reaches a socket after it was closed', async () => {
  const world = createWorld()
  const [ada, hana] = [await world.join('ada'), await world.join('hana')]
  hana.send({ t: 'say', text: 'before' })
  await settle()
  await world.act('hana', ban(world.person('ada')))
  await settle()
  const heard = ada.raw.length
  hana.send({ t: 'say', text: 'after' })
  hana.send({ t: 'whisper', text: 'after', to: world.person('ada') })
  await world.clock.advance(30_000)
  expect(ada.raw.length).toBe(heard)
  expect(ada.entries('room')).toHaveLength(1)
})

test('C11 a ban counts for its stream alone, and ends', async () => {
  const world = createWorld()
  const other = world.stream('other', 'olga')
  const [here, there] = [await world.join('ada'), await world.join('ada', { pass: { stream: other.id } })]
  await world.act('hana', ban(world.person('ada'), 60))
  await settle()
  expect([here.closed()?.code, there.closed()]).toEqual([4403, null])
  expect((await world.join('ada')).closed()).toMatchObject({ code: 4403 })
  await world.clock.advance(60_000)
  expect((await world.join('ada')).closed()).toBeNull()
})

test('C11 who comes back after a revocation is not closed by it, however late the node reads it', async () => {
  const world = createWorld()
  const deaf = deafNode(world)
  const ada = world.person('ada')
  await world.act('hana', ban(ada))
  await world.act('hana', { type: 'unban', target: ada })
  await world.act('hana', { type: 'appoint', target: ada })
  const back = await world.join('ada', { on: deaf })
  await world.clock.advance(3_000)
  expect(back.of('welcome')[0]?.you.role).toBe('moderator')
  expect(back.closed()).toBeNull()
})

/** A world whose admissions wait until they are let go, after they were answered. */
function slowDoor() {
  const held: (() => void)[] = []
  const door = { slow: false }
  const rights = (real: Rights): Rights => ({
    ...real,
    async admissions(asked, now) {
      const answers = await real.admissions(asked, now)
      if (door.slow) await new Promise<void>((go) => held.push(go))
      return answers
    },
  })
  return { world: createWorld({ rights }), door, held }
}

test.each<[string, (world: World) => unknown, number]>([
  ['a ban', (world) => world.act('hana', ban(world.person('ada'))), 4403],
  ['an appointment', (world) => world.act('hana', { type: 'appoint', target: world.person('ada') }), 4409],
  [
    'an ended session',
    (world) => {
      world.endSessions('ada')
    },
    4401,
  ],
])('C11 %s between the look-up and the seat keeps the socket out', async (_, revokeNow, code) => {
  const { world, door, held } = slowDoor()
  await world.join('hana')
  door.slow = true
  const ada = world.connect()
  ada.hello({ pass: world.pass('ada') })
  await settle()
  expect(held).toHaveLength(1)
  await revokeNow(world)
  await settle()
  held[0]?.()
  await settle()
  expect(ada.closed()).toMatchObject({ code })
  expect(ada.raw).toEqual([])
})

test('C11 a session that ends while a pass of it renews a socket does not carry that socket on', async () => {
  const { world, door, held } = slowDoor()
  const ada = await world.join('ada')
  world.tables.sessions.set('desk', { principal: world.person('ada'), expiresAt: Infinity })
  door.slow = true
  const id = ada.send({ t: 'renew', pass: world.pass('ada', { session: 'desk' }) })
  await settle()
  expect(held).toHaveLength(1)
  world.endSessions('ada', { session: 'desk' })
  await settle()
  door.slow = false
  held[0]?.()
  await settle()
  expect(ada.of('err')).toMatchObject([{ re: id, code: 'sign_in' }])
  expect(ada.closed()).toBeNull()
})

test('C11 a poll that fails is one line, and the next one goes on where it was', async () => {
  let away = false
  const rights = (real: Rights): Rights => ({
    ...real,
    revocations: (after) => (away ? Promise.reject(new Error('away')) : real.revocations(after)),
  })
  const world = createWorld({ rights })
  const ada = await world.join('ada')
  away = true
  await world.clock.advance(3_000)
  expect(world.faults.map(({ where }) => where)).toEqual(['revocations', 'revocations', 'revocations'])
  await world.act('hana', ban(world.person('ada')))
  await settle()
  expect(ada.closed()).toBeNull()
  away = false
  await world.clock.advance(1_000)
  expect(ada.closed()).toMatchObject({ code: 4403 })
})

test('C11 when revocations are missing, or fewer than they were, everybody is looked up again', async () => {
  for (const lose of [
    // A day away: what was kept begins after a hole.
    (world: World) => {
      for (const name of ['x', 'y', 'z']) revoke(world.tables, name, { kind: 'session' })
      world.tables.revocations.splice(0, 2)
    },
    // A database from before.
    (world: World) => void world.tables.revocations.splice(0, 1),
  ]) {
    const world = createWorld()
    revoke(world.tables, 'somebody', { kind: 'session' })
    const late = world.node()
    await settle()
    const ada = await world.join('ada', { on: late })
    await world.clock.advance(1_000)
    expect(ada.closed()).toBeNull()
    lose(world)
    await world.clock.advance(1_000)
    expect(ada.closed()).toMatchObject({ code: 4409 })
    expect((await world.join('ada', { on: late })).closed()).toBeNull()
  }
})

test('C11 a burst of wake-ups is looked up once more, not once each; a quiet second costs one statement', async () => {
  let looks = 0
  const rights = (real: Rights): Rights => ({
    ...real,
    revocations(after) {
      looks++
      return real.revocations(after)
    },
  })
  const world = createWorld({ rights })
  await world.join('ada')
  looks = 0
  for (let i = 0; i < 50; i++) world.bus.publish({ type: 'revoked' })
  await settle()
  expect(looks).toBe(2)
  await world.clock.advance(10_000)
  expect(looks).toBe(12)
})

test('C4 a moderator dismissed an instant ago pins nothing, over the socket that is still open', async () => {
  const world = createWorld()
  world.moderator('mona')
  const deaf = deafNode(world)
  const [ada, mona] = [await world.join('ada'), await world.join('mona', { on: deaf })]
  const said = (await ada.ask({ t: 'say', text: 'look' })) as { id: string }
  await world.act('hana', { type: 'dismiss', target: world.person('mona') })
  expect(await mona.ask({ t: 'pin', target: said.id })).toMatchObject({ code: 'not_allowed' })
  expect(mona.closed()).toBeNull()
})

test('P11 the commands ban, unban, appoint and dismiss do what they say and answer dup the second time', async () => {
  const world = createWorld()
  const [hana, ada] = [await world.join('hana'), await world.join('ada')]
  const target = world.person('ada')
  const other = world.person('bob')
  expect(await ada.ask({ t: 'ban', target: other })).toMatchObject({ code: 'not_allowed' })
  expect(await ada.ask({ t: 'appoint', target: other })).toMatchObject({ code: 'not_allowed' })
  expect(await hana.ask({ t: 'ban', target: world.person('hana') })).toMatchObject({
    code: 'not_allowed',
    field: 'target',
  })
  for (const dup of [undefined, true])
    expect(await hana.ask({ t: 'ban', target, seconds: 60 })).toEqual({
      ...{ t: 'ok', re: expect.any(String) as string, at: expect.any(Number) as number },
      ...(dup ? { dup } : { log: 'backstage', seq: 1 }),
    })
  expect(ada.closed()).toMatchObject({ code: 4403 })
  expect(await hana.ask({ t: 'unban', target })).toMatchObject({ t: 'ok' })
  expect(await hana.ask({ t: 'unban', target })).toMatchObject({ dup: true })
  const back = await world.join('ada')
  expect(await hana.ask({ t: 'appoint', target })).toMatchObject({ t: 'ok' })
  expect(back.closed()).toMatchObject({ code: 4409 })
  const moderator = await world.join('ada')
  expect(moderator.of('welcome')[0]?.you.role).toBe('moderator')
  expect(await moderator.ask({ t: 'ban', target: other, seconds: 10 })).toMatchObject({ t: 'ok' })
  expect(await moderator.ask({ t: 'dismiss', target })).toMatchObject({ code: 'not_allowed' })
  expect(await hana.ask({ t: 'dismiss', target })).toMatchObject({ t: 'ok' })
  expect(moderator.closed()).toMatchObject({ code: 4409 })
  expect(hana.entries('room')).toEqual([])
})

test('C13 a thousand who come back to one room ask for it a handful of times, and for themselves in a few questions', async () => {
  const calls = { room: 0, positions: 0, admissions: 0, standing: 0 }
  /** The others arrive meanwhile. */
  let roundTrip = () => Promise.resolve()
  const rights = (real: Rights): Rights => ({
    ...real,
    async admissions(asked, now): Promise<Admission[]> {
      calls.admissions++
      await roundTrip()
      return await real.admissions(asked, now)
    },
  })
  const world = createWorld({
    rights,
    streams: (real) => ({
      ...real,
      standing(principal, stream) {
        calls.standing++
        return real.standing(principal, stream)
      },
    }),
    journal: (real) => ({
      ...real,
      latest(as, log, count) {
        if (log.kind === 'room') calls.room++
        return real.latest(as, log, count)
      },
      read(as, log, from, to) {
        if (log.kind === 'room') calls.room++
        return real.read(as, log, from, to)
      },
      pinned(stream) {
        calls.room++
        return real.pinned(stream)
      },
      async positions(logs) {
        calls.positions++
        await roundTrip()
        return await real.positions(logs)
      },
    }),
  })
  const hana = await world.join('hana')
  const { epoch } = hana.of('welcome')[0]!.logs[0]!
  for (let i = 0; i < 5; i++) await hana.ask({ t: 'say', text: `${i}` })
  const far = world.node()
  roundTrip = settle
  for (const key of ['room', 'positions', 'admissions'] as const) calls[key] = 0
  const clients = Array.from({ length: 1_000 }, (_, i) => {
    const client = world.connect(far)
    client.hello({ pass: world.pass(`viewer ${i}`), cursors: [{ log: 'room', epoch, seq: 2 }] })
    return client
  })
  for (let turn = 0; turn < 20; turn++) await settle()
  await world.clock.advance(0)
  const resumed = clients.map((client) => client.of('welcome')[0]?.logs[0])
  expect(resumed.every((log) => log?.recovered === true && log.entries.length === 3)).toBe(true)
  expect(calls.room).toBeLessThanOrEqual(3)
  expect(calls.admissions).toBeLessThanOrEqual(12)
  expect(calls.positions).toBeLessThanOrEqual(14)
  // A gap that the whole room sees is repaired out of memory.
  calls.room = 0
  for (const client of clients) client.send({ t: 'read', log: 'room', from: 1, to: 5 })
  for (let turn = 0; turn < 20; turn++) await settle()
  expect(clients.every((client) => client.of('page')[0]?.entries.length === 5)).toBe(true)
  expect([calls.room, calls.standing]).toEqual([0, 0])
})

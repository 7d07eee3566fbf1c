import { expect, test } from 'vitest'
import type { Act, Journal, Notice, Rights } from '../app/ports.ts'
import { settle } from '../test/clock.ts'
import { createMemoryBus, createWorld } from '../test/harness.ts'
import type { Client, World } from '../test/harness.ts'

const stranger = '00000000-0000-4000-8000-000000000000'
const timeout = (world: World, name: string): Act => ({
  type: 'timeout',
  target: world.person(name),
  seconds: 60,
  reason: `because of ${name}`,
})
/** An act of the host, which took effect. */
async function done(world: World, act: Act): Promise<void> {
  expect(await world.act('hana', act)).toMatchObject({ ok: true, value: { dup: false } })
}
const seqs = (client: Client) => client.entries('backstage').map(({ seq }) => seq)

/** A node that hears what goes on in logs, and not that rights ended. */
function innocentNode(world: World) {
  const own = createMemoryBus()
  world.bus.subscribe((notice: Notice) => {
    if (notice.type === 'entries' || notice.type === 'pointer') own.publish(notice)
  })
  return world.node({ ...own, publish: (notice) => world.bus.publish(notice) })
}

async function team(world: World) {
  for (const name of ['mona', 'moe']) world.moderator(name)
  const join = (name: string) => world.join(name)
  return { hana: await join('hana'), mona: await join('mona'), ada: await join('ada') }
}

test('C19 host and moderators hear the backstage live, come back to it, and page through it', async () => {
  const world = createWorld()
  const { hana, mona } = await team(world)
  await done(world, timeout(world, 'ada'))
  await settle()
  for (const client of [hana, mona]) {
    expect(client.entries('backstage')).toMatchObject([
      { seq: 1, event: { type: 'moderated', by: { name: 'hana' }, deed: { is: 'timed_out' } } },
    ])
    expect(client.of('welcome')[0]!.logs.map(({ log }) => log)).toContain('backstage')
  }
  const { epoch } = mona.of('welcome')[0]!.logs.find(({ log }) => log === 'backstage')!
  mona.leave()
  await done(world, { type: 'lift', target: world.person('ada') })
  const again = await world.join('mona', { cursors: [{ log: 'backstage', epoch, seq: 1 }] })
  expect(again.of('welcome')[0]!.logs.find(({ log }) => log === 'backstage')).toMatchObject({
    recovered: true,
    seq: 2,
    entries: [{ seq: 2, event: { deed: { is: 'timeout_ended' } } }],
  })
  expect(await again.ask({ t: 'read', log: 'backstage', from: 1, to: 9 })).toMatchObject({
    t: 'page',
    log: 'backstage',
    entries: [{ seq: 1 }, { seq: 2 }],
  })
  await world.clock.advance(30_000)
  expect(again.of('pos')).toContainEqual({ t: 'pos', log: 'backstage', epoch, seq: 2 })
})

test('C19 P8 a viewer hears nothing of it, and asking for it is answered like asking for nothing', async () => {
  const world = createWorld()
  const { ada } = await team(world)
  const bob = await world.join('bob')
  await done(world, timeout(world, 'ada'))
  await world.clock.advance(30_000)
  const { epoch } = ada.of('welcome')[0]!.logs[0]!
  const curious = await world.join('bob', { cursors: [{ log: 'backstage', epoch, seq: 0 }] })
  for (const client of [ada, bob, curious]) {
    expect(client.raw.join()).not.toContain('backstage')
    expect(client.raw.join()).not.toContain('moderated')
    const answers = [
      await client.ask({ t: 'read', log: 'backstage', from: 1, to: 9 }),
      await client.ask({ t: 'read', log: 'thread', viewer: stranger, from: 1, to: 9 }),
    ].map((answer) => JSON.stringify({ ...answer, re: null }))
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('not_found')
  }
})

test('C19 it is read as the host, whoever is here first, once per node', async () => {
  const readers: [string, string | null][] = []
  const journal = (real: Journal): Journal => ({
    ...real,
    read(as, log, from, to) {
      readers.push([log.kind, as])
      return real.read(as, log, from, to)
    },
  })
  const world = createWorld({ journal })
  world.moderator('mona')
  const tabs = [await world.join('mona'), await world.join('mona')]
  await done(world, timeout(world, 'ada'))
  await settle()
  expect(tabs.map(seqs)).toEqual([[1], [1]])
  expect(readers.filter(([kind]) => kind === 'backstage')).toEqual([['backstage', world.person('hana')]])
})

const ends: [string, (world: World) => Act, number][] = [
  ['is dismissed', (world) => ({ type: 'dismiss', target: world.person('mona') }), 4409],
  ['is banned', (world) => ({ type: 'ban', target: world.person('mona'), seconds: null }), 4403],
]
test.each(ends)(
  'C19 C11 a moderator who %s hears nothing of it any more, also where nobody says so in time',
  async (_, act, code) => {
    const world = createWorld()
    await team(world)
    const innocent = innocentNode(world)
    const [mona, moe] = [
      await world.join('mona', { on: innocent }),
      await world.join('moe', { on: innocent }),
    ]
    await done(world, timeout(world, 'ada'))
    await settle()
    await done(world, act(world))
    await done(world, timeout(world, 'bob'))
    await settle()
    expect(mona.closed()).toMatchObject({ code })
    expect([seqs(mona), seqs(moe)]).toEqual([[1], [1, 2, 3]])
    expect(mona.raw.join()).not.toContain('because of bob')
  },
)

test('C19 a moderator is closed and comes back without the backstage; one who is appointed, with it', async () => {
  const world = createWorld()
  const { hana, mona, ada } = await team(world)
  await hana.ask({ t: 'dismiss', target: world.person('mona') })
  await hana.ask({ t: 'appoint', target: world.person('ada') })
  for (const client of [mona, ada]) expect(client.closed()).toMatchObject({ code: 4409 })
  const logs = async (name: string) => (await world.join(name)).of('welcome')[0]!.logs.map(({ log }) => log)
  expect(await logs('mona')).toEqual(['room', 'thread'])
  expect(await logs('ada')).toEqual(['room', 'thread', 'backstage'])
})

test('C19 who is dismissed on the way in does not see it in the welcome', async () => {
  let read: () => void = () => undefined
  let hold: Promise<void> | null = null
  const journal = (real: Journal): Journal => ({
    ...real,
    async latest(as, log, count) {
      if (log.kind === 'backstage') await hold
      return real.latest(as, log, count)
    },
  })
  const world = createWorld({ journal })
  await team(world)
  const innocent = innocentNode(world)
  hold = new Promise((resolve) => (read = resolve))
  const mona = await world.join('mona', { on: innocent })
  await done(world, { type: 'dismiss', target: world.person('mona') })
  await done(world, timeout(world, 'bob'))
  read()
  await settle()
  expect(mona.raw).toEqual([])
  expect(mona.closed()).toMatchObject({ code: 4409 })
})

test('C19 while nobody can say whose right has ended, the backstage waits; then it is whole', async () => {
  let away = false
  const rights = (real: Rights): Rights => ({
    ...real,
    revocations: (after) => (away ? Promise.reject(new Error('away')) : real.revocations(after)),
  })
  const world = createWorld({ rights })
  const { hana, mona } = await team(world)
  away = true
  await done(world, timeout(world, 'ada'))
  await world.clock.advance(3_000)
  expect([seqs(hana), seqs(mona)]).toEqual([[], []])
  away = false
  await world.clock.advance(2_000)
  expect([seqs(hana), seqs(mona)]).toEqual([[1], [1]])
})

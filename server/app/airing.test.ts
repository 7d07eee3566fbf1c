import { expect, test } from 'vitest'
import { deny, ok } from '../../shared/protocol/index.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { createWorld } from '../test/web-world.ts'
import type { StreamCard } from '../../shared/api/streams.ts'
import type { VideoState } from '../../shared/media.ts'
import { fakeVideo } from '../test/fake-video.ts'
import { createAiring } from './airing.ts'
import type { Act } from './ports.ts'

/** A stream, and nodes as many as a test wants; the first has the studio of the world. */
async function airing() {
  const world = createWorld()
  const host = await world.host()
  const card = (await host.post('/api/streams', { title: 'Tea' })).body as StreamCard
  const { streams, act, clock, log, random, told } = world
  const bus = createMemoryBus()
  function node(name: string, studio = fakeVideo(), more: Partial<Parameters<typeof createAiring>[0]> = {}) {
    const { video } = studio
    const { start } = createAiring({ node: name, video, streams, act, bus, clock, random, log, ...more })
    return { start, studio, becomes: (to: VideoState) => studio.becomes(card.id, to) }
  }
  const { start } = node('first', world.studio)
  const becomes = (stream: string, to: VideoState) => world.studio.becomes(stream, to)
  const state = async () => (await streams.byId(card.id))?.state
  const { publish } = bus
  return { world, id: card.id, start, becomes, state, told, node, publish }
}
const LIVE = { type: 'stream', state: 'live' }
const ENDED = { type: 'stream', state: 'ended' }

test('V1 only video that plays makes a stream live; every change is told to the room once', async () => {
  const { world, id, start, becomes, state, told } = await airing()
  const stop = start()
  becomes(id, 'connecting')
  await world.clock.advance(0)
  expect(await state()).toBe('scheduled')
  becomes(id, 'live')
  becomes(id, 'reconnecting')
  becomes(id, 'live')
  await world.clock.advance(0)
  expect(await state()).toBe('live')
  becomes(id, 'ended')
  await world.clock.advance(0)
  expect(told()).toEqual([LIVE, ENDED])
  stop()
  becomes(id, 'live')
  await world.clock.advance(0)
  expect(told()).toHaveLength(2)
})

test('V1 with the database away changes wait, in order, and are told when it is back', async () => {
  const { world, id, start, becomes, told } = await airing()
  start()
  world.failActs(3)
  becomes(id, 'live')
  becomes(id, 'ended')
  await world.clock.advance(500 + 1_000)
  expect(told()).toEqual([])
  await world.clock.advance(2_000)
  expect(told()).toEqual([LIVE, ENDED])
  expect(world.faults).toHaveLength(3)
})

test('V1 a lane that is full or answers that the database is away is asked again', async () => {
  const { world, node } = await airing()
  const answers = [deny('overloaded', { retryAfterMs: 250 }), deny('unavailable'), deny('wrong_state')]
  const asked: Act[] = []
  const act = (_by: unknown, _stream: unknown, what: Act) => {
    asked.push(what)
    return Promise.resolve(answers[asked.length - 1] ?? ok({ dup: false, at: 0, placed: [] }))
  }
  const { start, becomes } = node('other', world.studio, { act })
  start()
  becomes('live')
  becomes('ended')
  await world.clock.advance(500 + 1_000)
  expect(asked.map((what) => what.type === 'state' && what.state)).toEqual(['live', 'live', 'live', 'ended'])
})

test('V3 a stream that a crash left live is over after the grace, unless its publisher came back', async () => {
  for (const returns of [true, false]) {
    const { world, id, start, becomes, state } = await airing()
    await world.journal.act(null, id, { type: 'state', state: 'live' })
    start()
    await world.clock.advance(29_000)
    if (returns) becomes(id, 'connecting')
    expect(await state()).toBe('live')
    await world.clock.advance(2_000)
    expect(await state()).toBe(returns ? 'live' : 'ended')
  }
})

test('V7 a stream goes on while any node has its publisher, however often others look', async () => {
  const { world, start, node, state } = await airing()
  const other = node('other')
  start()
  other.start()
  other.becomes('connecting')
  other.becomes('live')
  await world.clock.advance(600_000)
  expect(await state()).toBe('live')
})

test('V7 a stream whose node died is ended by another, once, when its publisher had 30 s to come back', async () => {
  const { world, node, start, state, told } = await airing()
  const other = node('other')
  const third = node('third')
  for (const one of [{ start }, third]) one.start()
  const died = other.start()
  await world.clock.advance(60_000)
  other.becomes('connecting')
  other.becomes('live')
  await world.clock.advance(0)
  // As kill -9: nothing is said or renewed any more.
  const renewals = world.streams.air
  world.streams.air = () => Promise.resolve([])
  died()
  await world.clock.advance(29_000)
  expect(await state()).toBe('live')
  world.streams.air = renewals
  await world.clock.advance(11_000)
  expect(await state()).toBe('ended')
  expect(told()).toEqual([LIVE, ENDED])
})

test('V7 a publisher that dropped and went on at another node keeps its stream', async () => {
  const { world, id, start, becomes, node, state } = await airing()
  const other = node('other')
  start()
  other.start()
  becomes(id, 'connecting')
  becomes(id, 'live')
  await world.clock.advance(60_000)
  becomes(id, 'reconnecting')
  await world.clock.advance(5_000)
  other.becomes('connecting')
  other.becomes('live')
  await world.clock.advance(25_000)
  becomes(id, 'ended') // the first one waited in vain
  await world.clock.advance(60_000)
  expect(await state()).toBe('live')
  other.becomes('reconnecting')
  await world.clock.advance(30_000)
  other.becomes('ended')
  await world.clock.advance(0)
  expect(await state()).toBe('ended')
})

test('V7 a node that leaves hands its publishers the whole grace', async () => {
  const { world, id, start, becomes, node, state } = await airing()
  const stop = start()
  node('other').start()
  await world.clock.advance(40_000)
  becomes(id, 'live')
  await world.clock.advance(7_500) // the lease is old by now
  stop()
  await world.clock.advance(29_900)
  expect(await state()).toBe('live')
  await world.clock.advance(10_100)
  expect(await state()).toBe('ended')
})

test('V7 with the database away nothing lapses; when it is back, publishers have the grace anew', async () => {
  const { world, node, start, state } = await airing()
  const other = node('other')
  start()
  other.start()
  await world.clock.advance(60_000)
  other.becomes('live')
  await world.clock.advance(0)
  const { air, unaired } = world.streams
  const away = () => Promise.reject(new Error('the database is away'))
  Object.assign(world.streams, { air: away, unaired: away })
  await world.clock.advance(120_000)
  Object.assign(world.streams, { air, unaired })
  await world.clock.advance(120_000)
  expect(await state()).toBe('live')
  expect(world.faults.length).toBeGreaterThan(0)
})

test('V7 a stream ended at another node ends here: at once by the bus, else by the next renewal', async () => {
  for (const heard of [true, false]) {
    const { world, id, start, becomes, publish } = await airing()
    start()
    becomes(id, 'live')
    await world.clock.advance(0)
    await world.journal.act(null, id, { type: 'state', state: 'ended' })
    const entry = { seq: 2, at: 0, event: { type: 'stream' as const, state: 'ended' as const } }
    if (heard) publish({ type: 'entries', log: { kind: 'room', stream: id }, epoch: 'e', entries: [entry] })
    await world.clock.advance(heard ? 0 : 10_000)
    expect(world.studio.ended).toEqual([id])
  }
})

test('V31 a lease that could not be taken from another node is taken with the next beat; a word of parting takes none', async () => {
  const { world, id, node } = await airing()
  const { streams } = world
  await streams.air('second', [id], 0)
  let away = true
  const air: typeof streams.air = (by, ids, spareMs) => {
    if (away) return Promise.reject(new Error('the database is away'))
    return streams.air(by, ids, spareMs)
  }
  const first = node('first', fakeVideo(), { streams: { ...streams, air } })
  first.start()
  first.becomes('connecting')
  await world.clock.advance(1_000)
  expect(await streams.airedElsewhere('first', id, 30_000)).toBe(true)
  away = false
  await world.clock.advance(10_000)
  expect(await streams.airedElsewhere('first', id, 30_000)).toBe(false)
  // Its publisher goes on at another node, and only then it notices.
  first.becomes('live')
  await streams.air('second', [id], 0)
  first.becomes('reconnecting')
  await world.clock.advance(0)
  expect(await streams.airedElsewhere('first', id, 30_000)).toBe(true)
})

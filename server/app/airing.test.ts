import { expect, test } from 'vitest'
import { deny, ok } from '../../shared/protocol/index.ts'
import { createWorld } from '../test/web-world.ts'
import type { StreamCard } from '../../shared/api/streams.ts'
import type { VideoState } from '../../shared/media.ts'
import { createAiring } from './airing.ts'
import type { Act } from './ports.ts'

async function airing() {
  const world = createWorld()
  const host = await world.host()
  const card = (await host.post('/api/streams', { title: 'Tea' })).body as StreamCard
  const { streams, act, clock, log, told } = world
  const { video } = world.studio
  const becomes = (stream: string, to: VideoState) => world.studio.becomes(stream, to)
  const start = () => createAiring({ video, streams, act, clock, log }).start()
  const state = async () => (await streams.byId(card.id))?.state
  return { world, id: card.id, start, becomes, state, told }
}
const LIVE = { type: 'stream', state: 'live' }
const ENDED = { type: 'stream', state: 'ended' }

test('V1 only video that plays makes a stream live; every change is told to the room once', async () => {
  const { world, id, start, becomes, state, told } = await airing()
  const stop = await start()
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
  await start()
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
  const { world, becomes, id } = await airing()
  const { streams, clock, log } = world
  const answers = [deny('overloaded', { retryAfterMs: 250 }), deny('unavailable'), deny('wrong_state')]
  const asked: Act[] = []
  const act = (_by: unknown, _stream: unknown, what: Act) => {
    asked.push(what)
    return Promise.resolve(answers[asked.length - 1] ?? ok({ dup: false, at: 0, placed: [] }))
  }
  await createAiring({ video: world.studio.video, streams, act, clock, log }).start()
  becomes(id, 'live')
  becomes(id, 'ended')
  await clock.advance(500 + 1_000)
  expect(asked.map((what) => what.type === 'state' && what.state)).toEqual(['live', 'live', 'live', 'ended'])
})

test('V3 a stream that a crash left live is over after the grace, unless its publisher came back', async () => {
  for (const returns of [true, false]) {
    const { world, id, start, becomes, state } = await airing()
    await world.journal.act(null, id, { type: 'state', state: 'live' })
    await start()
    await world.clock.advance(29_000)
    if (returns) becomes(id, 'connecting')
    expect(await state()).toBe('live')
    await world.clock.advance(2_000)
    expect(await state()).toBe(returns ? 'live' : 'ended')
  }
})

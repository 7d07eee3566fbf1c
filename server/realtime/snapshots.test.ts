import { expect, test } from 'vitest'
import { createWorld } from '../test/harness.ts'
import { settle } from '../test/clock.ts'

const fast = { burst: 10_000, everyMs: 1 }
const limits = { commands: fast, say: fast, whisper: fast, react: fast }

async function saying(world: ReturnType<typeof createWorld>) {
  const hana = await world.join('hana')
  let said = 0
  return {
    hana,
    async say(count: number) {
      for (let i = 0; i < count; i++) await hana.ask({ t: 'say', text: `line ${++said}` })
    },
  }
}

/** Ada's line breaks down three times, by sends and by publishes; then she comes back. */
async function slowWorld(cursors = false) {
  const world = createWorld({ limits })
  const { hana, say } = await saying(world)
  await say(30)
  for (let i = 0; i < 3; i++) {
    const ada = await world.join('ada')
    ada.stopReading()
    if (i === 0) ada.send({ t: 'react', emoji: '🔥' })
    else await say(1)
    await settle()
    expect(ada.closed()).toMatchObject({ code: i === 0 ? 4408 : 1006 })
  }
  const epoch = hana.of('welcome')[0]!.logs[0]!.epoch
  const ada = await world.join('ada', cursors ? { cursors: [{ log: 'room', epoch, seq: 31 }] } : {})
  return { world, hana, say, ada }
}

test('C14 every slow close is counted and is one line without text or pass', async () => {
  const { world } = await slowWorld()
  const who = { stream: world.show.id, principal: world.person('ada') }
  expect(world.warnings).toEqual(
    [1, 2, 3].map((closes) => ({ event: 'chat.slow_reader', fields: { ...who, closes } })),
  )
  expect(world.first.chat.counts()).toMatchObject({ slowCloses: 3, snapshots: 1 })
})

test('C14 closing for another reason counts nothing', async () => {
  const world = createWorld({ limits })
  const ada = await world.join('ada')
  ada.binary(new Uint8Array(1))
  ;(await world.join('ada')).leave()
  expect(world.first.chat.counts()).toMatchObject({ slowCloses: 0 })
  expect(world.warnings).toEqual([])
})

test('C15 the welcome says so and carries the newest 20 of the room', async () => {
  const { ada, world } = await slowWorld()
  const [welcome] = ada.of('welcome')
  expect(welcome).toMatchObject({ snapshots: true })
  expect(welcome!.logs[0]).toMatchObject({ log: 'room', seq: 32, recovered: false })
  expect(welcome!.logs[0]!.entries.map(({ seq }) => seq)).toEqual(
    Array.from({ length: 20 }, (_, i) => 13 + i),
  )
  expect((await world.join('bob')).of('welcome')[0]).not.toHaveProperty('snapshots')
})

test('C15 a cursor that is nearly there goes on without a hole', async () => {
  const { ada } = await slowWorld(true)
  expect(ada.of('welcome')[0]!.logs[0]).toMatchObject({ recovered: true, entries: [{ seq: 32 }] })
})

test('C15 once a second one frame with the newest 20, only when something is new', async () => {
  const { world, ada, hana, say } = await slowWorld()
  await world.clock.advance(5_000)
  expect(ada.of('snapshot')).toEqual([])
  await say(25)
  const { id: target } = (await hana.ask({ t: 'say', text: 'pin me' })) as { id: string }
  await hana.ask({ t: 'pin', target })
  await hana.ask({ t: 'slow', seconds: 10 })
  await world.clock.advance(3_000)
  const [snapshot, ...more] = ada.of('snapshot')
  expect(more).toEqual([])
  expect(snapshot).toMatchObject({
    log: 'room',
    seq: 60,
    pin: { text: 'pin me' },
    slowSeconds: 10,
    state: 'live',
    pulse: { viewers: 1, reactions: { '🔥': 1 } },
  })
  expect(snapshot!.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => 41 + i))
  expect(snapshot).not.toHaveProperty('live')
  await say(1)
  await world.clock.advance(1_000)
  await say(1)
  await world.clock.advance(1_000)
  expect(ada.of('snapshot').map(({ seq }) => seq)).toEqual([60, 61, 62])
})

test('C15 nothing else of the room comes; the own thread and the own answers do', async () => {
  const { world, ada, hana, say } = await slowWorld()
  await say(3)
  expect(await ada.ask({ t: 'say', text: 'mine' })).toMatchObject({ t: 'ok', log: 'room', seq: 36 })
  await ada.ask({ t: 'whisper', text: 'psst' })
  await hana.ask({ t: 'whisper', text: 'yes?', to: world.person('ada') })
  await world.clock.advance(30_000)
  expect(ada.of('entries').map(({ log, entries }) => [log, ...entries.map(({ seq }) => seq)])).toEqual([
    ['thread', 1],
    ['thread', 2],
  ])
  expect(ada.of('pos').filter(({ log }) => log === 'room')).toEqual([])
  expect(ada.of('pos').length).toBeGreaterThan(0)
  expect(ada.of('pulse')).toEqual([])
})

test('C15 a reader that has not taken the last frame is passed over, and its minute begins again', async () => {
  const { world, ada, say } = await slowWorld()
  await world.clock.advance(50_000)
  ada.buffer(16 * 1_024 + 1)
  for (let i = 0; i < 20; i++) {
    await say(1)
    await world.clock.advance(1_000)
  }
  expect(ada.of('snapshot')).toEqual([])
  ada.buffer(0)
  await world.clock.advance(1_000)
  expect(ada.of('snapshot').map(({ seq }) => seq)).toEqual([52])
  await world.clock.advance(58_000)
  expect(ada.of('snapshot').filter(({ live }) => live)).toEqual([])
  await world.clock.advance(2_000)
  expect(ada.of('snapshot').filter(({ live }) => live)).toHaveLength(1)
})

test('C15 after a minute of keeping up every entry comes again, from the last frame on without a gap', async () => {
  const { world, ada, say } = await slowWorld()
  for (let i = 0; i < 64; i++) {
    await say(1)
    await world.clock.advance(1_000)
  }
  const last = ada.of('snapshot').find(({ live }) => live)
  const live = ada.of('entries').flatMap(({ entries }) => entries.map(({ seq }) => seq))
  expect(live[0]).toBe(last!.seq + 1)
  expect(live).toEqual(Array.from({ length: live.length }, (_, i) => last!.seq + 1 + i))
  expect(live.at(-1)).toBe(96)
  expect(world.first.chat.counts().snapshots).toBe(0)
  // Forgiven: the next join is like any other.
  expect((await world.join('ada')).of('welcome')[0]).not.toHaveProperty('snapshots')
})

test('C15 one that left or was cut is served no more, and no timer stays behind', async () => {
  const { world, ada, hana, say } = await slowWorld()
  const again = await world.join('ada')
  ada.leave()
  await say(1)
  again.stopReading()
  await world.clock.advance(1_000)
  expect(again.closed()).toMatchObject({ code: 4408 })
  expect(ada.of('snapshot')).toEqual([])
  expect(world.first.chat.counts()).toMatchObject({ slowCloses: 4, snapshots: 0 })
  hana.leave()
  await world.first.stop()
  expect(world.clock.timers()).toBe(0)
})

test('L6 C15 a snapshot shows no text that was deleted', async () => {
  const { world, ada, hana } = await slowWorld()
  const { id: target } = (await hana.ask({ t: 'say', text: 'regrets' })) as { id: string }
  await hana.ask({ t: 'delete', target })
  await world.clock.advance(1_000)
  expect(ada.of('snapshot')).toHaveLength(1)
  expect(ada.raw.join('')).not.toContain('regrets')
})

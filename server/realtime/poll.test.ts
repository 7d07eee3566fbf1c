import { expect, test } from 'vitest'
import type { Bus, Journal } from '../app/ports.ts'
import { settle } from '../test/clock.ts'
import { createMemoryBus, createWorld } from '../test/harness.ts'

/** A node that hears nothing of the others' logs. */
function deafNode(world: ReturnType<typeof createWorld>) {
  const own = createMemoryBus()
  const bus: Bus = { ...own, publish: (notice) => world.bus.publish(notice) }
  return world.node(bus)
}

/** Journals that count what the poll asks, and fail or wait as a test says. */
function watched() {
  const asked: number[] = []
  const wrong = { read: false, moved: false, restored: false }
  const wrap = (real: Journal): Journal => ({
    ...real,
    positions(logs) {
      asked.push(logs.length)
      return real.positions(logs)
    },
    read: (as, log, from, to) =>
      wrong.read ? Promise.reject(new Error('away')) : real.read(as, log, from, to),
    moved(streams) {
      if (wrong.moved) return Promise.reject(new Error('away'))
      // Another database: its marks begin anew.
      if (wrong.restored) return Promise.resolve({ mark: '1', moved: [] })
      return real.moved(streams)
    },
  })
  return { asked, wrong, wrap }
}

test('C31 a poll asks for as many positions as there are streams, however many watch them', async () => {
  const { asked, wrap } = watched()
  const world = createWorld({ journal: wrap })
  await Promise.all(Array.from({ length: 300 }, (_, i) => world.join(`v${i}`)))
  await world.clock.advance(2_000)
  asked.length = 0
  await world.clock.advance(10_000)
  expect(asked).toEqual(Array.from({ length: 10 }, () => 1))
})

test('C31 what was whispered and never told on the bus is there within a second, for whoever was just let in too', async () => {
  const world = createWorld()
  const far = deafNode(world)
  const hana = await world.join('hana')
  const first = await world.join('ada', { on: far })
  await world.clock.advance(1_000)
  for (const text of ['one', 'two']) await hana.ask({ t: 'whisper', text, to: world.person('ada') })
  const second = await world.join('bob', { on: far })
  await hana.ask({ t: 'whisper', text: 'to bob', to: world.person('bob') })
  expect([first, second].map((client) => client.entries('thread').length)).toEqual([0, 0])
  await world.clock.advance(1_000)
  expect(first.entries('thread').map(({ seq }) => seq)).toEqual([1, 2])
  expect(second.entries('thread').map(({ seq }) => seq)).toEqual([1])
})

test('C31 a thread that moved and could not be read is asked for again until it was', async () => {
  const { asked, wrong, wrap } = watched()
  const world = createWorld({ journal: wrap })
  const [hana, ada] = [await world.join('hana'), await world.join('ada')]
  await world.clock.advance(2_000)
  wrong.read = true
  await hana.ask({ t: 'whisper', text: 'one', to: world.person('ada') })
  await world.clock.advance(3_000)
  expect(ada.entries('thread')).toEqual([])
  wrong.read = false
  await world.clock.advance(1_000)
  expect(ada.entries('thread').map(({ seq }) => seq)).toEqual([1])
  asked.length = 0
  await world.clock.advance(2_000)
  // Room, inbox and backstage; the thread no more.
  expect(asked).toEqual([3, 3])
})

test.each(['moved', 'restored'] as const)(
  'C31 after a poll that failed, or a database that is another, every log is looked at (%s)',
  async (how) => {
    const { wrong, wrap } = watched()
    const world = createWorld({ journal: wrap })
    const far = deafNode(world)
    const [hana, ada] = [await world.join('hana'), await world.join('ada', { on: far })]
    for (let i = 0; i < 3; i++) await hana.ask({ t: 'say', text: `${i}` })
    await world.clock.advance(2_000)
    wrong[how] = true
    await hana.ask({ t: 'whisper', text: 'one', to: world.person('ada') })
    await world.clock.advance(1_000)
    expect(ada.entries('thread')).toHaveLength(how === 'restored' ? 1 : 0)
    wrong[how] = false
    await world.clock.advance(1_000)
    expect(ada.entries('thread').map(({ seq }) => seq)).toEqual([1])
  },
)

test('C31 a log that was left while it was behind takes no place of the one that is opened after it', async () => {
  const { wrong, wrap } = watched()
  const world = createWorld({ journal: wrap })
  const far = deafNode(world)
  const hana = await world.join('hana')
  const first = await world.join('ada', { on: far })
  wrong.read = true
  await hana.ask({ t: 'say', text: 'one' })
  await world.clock.advance(1_000)
  first.leave()
  wrong.read = false
  const second = await world.join('ada', { on: far })
  await hana.ask({ t: 'say', text: 'two' })
  await world.clock.advance(1_000)
  expect(second.entries('room').map(({ seq }) => seq)).toEqual([1, 2])
})

test('C31 what moves while a thread is being read is not forgotten', async () => {
  let hold: Promise<void> | null = null
  const slow = (real: Journal): Journal => ({
    ...real,
    async positions(logs) {
      const positions = await real.positions(logs)
      if (logs.some(({ kind }) => kind === 'thread')) await hold
      return positions
    },
  })
  const world = createWorld({ journal: slow })
  const far = deafNode(world)
  const hana = await world.join('hana')
  await world.join('bob', { on: far })
  await world.clock.advance(1_000)
  let read: () => void = () => undefined
  hold = new Promise((resolve) => (read = resolve))
  const ada = world.connect(far)
  ada.hello({ pass: world.pass('ada') })
  await settle()
  await hana.ask({ t: 'whisper', text: 'between', to: world.person('ada') })
  await world.clock.advance(1_000)
  read()
  await settle()
  expect(ada.of('welcome')).toHaveLength(1)
  expect(ada.entries('thread').map(({ seq }) => seq)).toEqual([1])
})

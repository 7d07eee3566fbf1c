import { expect, test } from 'vitest'
import type { Bus, Journal, Notice } from '../app/ports.ts'
import { createMemoryBus, createWorld } from '../test/harness.ts'
import { settle } from '../test/clock.ts'

/** A second node whose bus does to the notices of logs whatever the test says. */
function farNode(
  world: ReturnType<typeof createWorld>,
  pass: (notice: Notice, on: (n: Notice) => void) => void,
  change: Partial<Bus> = {},
) {
  const own = createMemoryBus()
  world.bus.subscribe((notice) => {
    if (notice.type === 'entries' || notice.type === 'pointer') pass(notice, (heard) => own.publish(heard))
  })
  const follow = (stream: string) => {
    const releases = [world.bus.follow(stream), own.follow(stream)]
    return () => releases.forEach((release) => release())
  }
  const bus: Bus = { ...own, publish: (notice) => world.bus.publish(notice), follow, ...change }
  return world.node(bus)
}
const quick = { burst: 1_000, everyMs: 1 }
const limits = { commands: quick, say: quick, whisper: quick }

test('C10 notices that come twice and out of order are applied once and in order', async () => {
  const world = createWorld({ limits })
  const held: (() => void)[] = []
  const far = farNode(world, (notice, on) => held.push(() => on(notice)))
  const [ada, bob] = [await world.join('ada'), await world.join('bob', { on: far })]
  for (let i = 0; i < 5; i++) await ada.ask({ t: 'say', text: `${i}` })
  for (const turn of [2, 2, 4, 0, 0, 1, 3, 4, 1]) held[turn]?.()
  await settle()
  expect(bob.entries('room').map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
})

test('C10 the last notice of a burst is lost: the poll finds it within a second', async () => {
  const world = createWorld({ limits })
  const far = farNode(world, () => undefined)
  const [ada, bob] = [await world.join('ada'), await world.join('bob', { on: far })]
  for (let i = 0; i < 3; i++) await ada.ask({ t: 'say', text: `${i}` })
  expect(bob.entries('room')).toEqual([])
  await world.clock.advance(1_000)
  expect(bob.entries('room').map(({ seq }) => seq)).toEqual([1, 2, 3])
})

test('C10 a gap is filled by one fetch while what came later waits', async () => {
  let reads = 0
  const counting = (real: Journal): Journal => ({
    ...real,
    read(as, log, from, to) {
      reads++
      return real.read(as, log, from, to)
    },
  })
  const world = createWorld({ limits, journal: counting })
  // One commit, told entry by entry, two of which are lost.
  const far = farNode(world, (notice, on) => {
    if (notice.type !== 'entries') return
    for (const entry of notice.entries)
      if (entry.seq !== 2 && entry.seq !== 3) on({ ...notice, entries: [entry] })
  })
  const [ada, bob] = [await world.join('ada'), await world.join('bob', { on: far })]
  const sent = Array.from({ length: 8 }, (_, i) => ada.send({ t: 'say', text: `${i}` }))
  await settle()
  expect(ada.of('ok')).toHaveLength(sent.length)
  expect(bob.entries('room').map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(reads).toBe(1)
})

test('P1 a pointer is resolved by reading as the owner of the log, once per node', async () => {
  const readers: (string | null)[] = []
  const watching = (real: Journal): Journal => ({
    ...real,
    read(as, log, from, to) {
      readers.push(as)
      return real.read(as, log, from, to)
    },
  })
  const world = createWorld({ limits, journal: watching })
  const [ada, tab] = [await world.join('ada'), await world.join('ada')]
  const hana = await world.join('hana')
  await world.join('bob')
  await ada.ask({ t: 'whisper', text: 'secret' })
  for (const client of [ada, tab]) expect(client.entries('thread')).toHaveLength(1)
  expect(hana.entries('inbox')).toHaveLength(1)
  expect(readers.sort()).toEqual([world.person('ada'), world.person('hana')].sort())
})

test('C3 a client that is ahead of this node gets it to catch up first', async () => {
  const world = createWorld({ limits })
  const far = farNode(world, () => undefined)
  const [ada, bob] = [await world.join('ada'), await world.join('bob', { on: far })]
  for (let i = 0; i < 3; i++) await ada.ask({ t: 'say', text: `${i}` })
  const { epoch } = ada.of('welcome')[0]!.logs[0]!
  ada.leave()
  const moved = await world.join('ada', { on: far, cursors: [{ log: 'room', epoch, seq: 3 }] })
  expect(moved.of('welcome')[0]!.logs[0]).toMatchObject({ recovered: true, seq: 3, entries: [] })
  expect(bob.entries('room').map(({ seq }) => seq)).toEqual([1, 2, 3])
})

test('C3 joins and resumes of a room are served from memory: a thousand cost no read of it', async () => {
  const reads: string[] = []
  const counting = (real: Journal): Journal => ({
    ...real,
    latest(as, log, count) {
      reads.push(log.kind)
      return real.latest(as, log, count)
    },
    read(as, log, from, to) {
      reads.push(log.kind)
      return real.read(as, log, from, to)
    },
  })
  const world = createWorld({ limits, journal: counting })
  const hana = await world.join('hana')
  for (let i = 0; i < 100; i++) await hana.ask({ t: 'say', text: `${i}` })
  const { epoch } = hana.of('welcome')[0]!.logs[0]!
  reads.length = 0
  const cursors = [{ log: 'room' as const, epoch, seq: 20 }]
  const crowd = await Promise.all(Array.from({ length: 1_000 }, (_, i) => world.join(`v${i}`, { cursors })))
  await world.clock.advance(0)
  for (const client of crowd) expect(client.entries('room')).toHaveLength(80)
  expect(reads.filter((kind) => kind === 'room')).toEqual([])
})

test('C2 who joins while a busy room coalesces gets what waits once, right after the welcome', async () => {
  const world = createWorld({ limits })
  await Promise.all(Array.from({ length: 750 }, (_, i) => world.join(`idle ${i}`)))
  await world.clock.advance(0)
  const hana = await world.join('hana')
  for (let i = 0; i < 3; i++) await hana.ask({ t: 'say', text: `${i}` })
  const ada = await world.join('ada')
  expect(ada.of('welcome')[0]!.logs[0]).toMatchObject({ seq: 0 })
  await world.clock.advance(100)
  expect(ada.entries('room').map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(hana.entries('room').map(({ seq }) => seq)).toEqual([1, 2, 3])
})

test('C17 a node follows a stream on the bus from before its first log is read until its last is left', async () => {
  const steps: string[] = []
  const watching = (real: Journal): Journal => ({
    ...real,
    latest(as, log, count) {
      steps.push(`read ${log.kind}`)
      return real.latest(as, log, count)
    },
  })
  const world = createWorld({ limits, journal: watching })
  const follow = (stream: string) => {
    steps.push(stream === world.show.id ? 'follow' : stream)
    return () => steps.push('leave')
  }
  const far = farNode(world, () => undefined, { follow })
  const hana = await world.join('hana', { on: far })
  expect(steps).toEqual(['follow', 'read room', 'read inbox', 'read backstage'])
  const ada = await world.join('ada', { on: far })
  hana.leave()
  steps.length = 0
  ada.leave()
  expect(steps).toEqual(['leave'])
})

test('C17 what was said before the bus was heard is looked up when it is, without waiting for the poll', async () => {
  const restorers = new Set<(streams: readonly string[]) => void>()
  const onRestored = (fn: (streams: readonly string[]) => void) => {
    restorers.add(fn)
    return () => restorers.delete(fn)
  }
  const world = createWorld({ limits })
  const far = farNode(world, () => undefined, { onRestored })
  const [ada, bob] = [await world.join('ada'), await world.join('bob', { on: far })]
  for (let i = 0; i < 3; i++) await ada.ask({ t: 'say', text: `${i}` })
  for (const restored of restorers) restored(['another stream'])
  await settle()
  expect(bob.entries('room')).toEqual([])
  for (const restored of restorers) restored([world.show.id])
  await settle()
  expect(bob.entries('room').map(({ seq }) => seq)).toEqual([1, 2, 3])
})

test('C17 what was said while a log was being read, and before the bus was heard, is looked up too', async () => {
  const restorers = new Set<(streams: readonly string[]) => void>()
  const onRestored = (fn: (streams: readonly string[]) => void) => {
    restorers.add(fn)
    return () => restorers.delete(fn)
  }
  let hold: Promise<void> | null = null
  const slow = (real: Journal): Journal => ({
    ...real,
    async latest(as, log, count) {
      const page = await real.latest(as, log, count)
      await hold
      return page
    },
  })
  const world = createWorld({ limits, journal: slow })
  const ada = await world.join('ada')
  const far = farNode(world, () => undefined, { onRestored })
  let read: () => void = () => undefined
  hold = new Promise((resolve) => (read = resolve))
  const bob = await world.join('bob', { on: far })
  await ada.ask({ t: 'say', text: 'between' })
  for (const restored of restorers) restored([world.show.id])
  read()
  await settle()
  expect(bob.entries('room').map(({ seq }) => seq)).toEqual([1])
})

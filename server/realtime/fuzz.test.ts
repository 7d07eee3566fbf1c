// Three nodes, a bus that loses, repeats and reorders, slow reads, clients that come and go: every client ends
// with a gapless prefix of what happened, once. A failing seed is printed; found ones stay here by name.
import { expect, test } from 'vitest'
import type { Cursor, Entry, LogName } from '../../shared/protocol/index.ts'
import { withoutText } from '../domain/tombstone.ts'
import type { Bus, Clock, Journal, Notice } from '../app/ports.ts'
import { createSeededRandom } from '../test/random.ts'
import { createMemoryBus, createWorld } from '../test/harness.ts'
import type { Client, Node, World } from '../test/harness.ts'

type Dice = ReturnType<typeof createSeededRandom>

const STEPS = 150
const VIEWERS = ['ada', 'bob', 'cleo', 'dora']
const quick = { burst: 10_000, everyMs: 1 }

function slowReads(dice: Dice) {
  return (real: Journal, clock: Clock): Journal => {
    const late = async <T>(answer: () => Promise<T>): Promise<T> => {
      if (dice.fraction() < 0.5) await new Promise<void>((go) => clock.after(dice.below(80), go))
      return await answer()
    }
    return {
      ...real,
      read: (...of) => late(() => real.read(...of)),
      latest: (...of) => late(() => real.latest(...of)),
      positions: (...of) => late(() => real.positions(...of)),
    }
  }
}

function lossyNode(world: World, dice: Dice): Node {
  const own = createMemoryBus()
  const hear = (notice: Notice) => own.publish(notice)
  world.bus.subscribe((notice) => {
    const fate = dice.fraction()
    if (fate < 0.15) return
    if (fate < 0.5) world.clock.after(dice.below(300), () => hear(notice))
    if (fate > 0.3) hear(notice)
  })
  const follow = (stream: string) => {
    const releases = [world.bus.follow(stream), own.follow(stream)]
    return () => releases.forEach((release) => release())
  }
  const bus: Bus = { ...own, publish: (notice) => world.bus.publish(notice), follow }
  return world.node(bus)
}

/** A client that believes nothing: every entry must be the one right after the last. */
function createReader(world: World, name: string, nodes: readonly Node[], dice: Dice) {
  const logs = new Map<LogName, { epoch: string; from: number; entries: Entry[] }>()
  let client: Client | null = null
  let read = 0

  function take(log: LogName, entries: readonly Entry[]) {
    const mine = logs.get(log)
    if (!mine) throw new Error(`entries of ${log} before the welcome`)
    for (const entry of entries) {
      expect([name, log, entry.seq]).toEqual([name, log, mine.from + mine.entries.length])
      const { event } = entry
      if (event.type === 'deleted') mine.entries = mine.entries.map((kept) => withoutText(kept, event.target))
      mine.entries.push(entry)
    }
  }
  function catchUp() {
    for (const frame of client?.frames().slice(read) ?? []) {
      read++
      if (frame.t === 'entries') take(frame.log, frame.entries)
      if (frame.t !== 'welcome') continue
      for (const { log, epoch, seq, recovered, entries } of frame.logs) {
        if (!recovered) logs.set(log, { epoch, from: seq - entries.length + 1, entries: [] })
        take(log, entries)
        expect(seqOf(log)).toBe(seq)
      }
    }
  }
  const seqOf = (log: LogName) => {
    const mine = logs.get(log)
    return mine ? mine.from + mine.entries.length - 1 : 0
  }

  return {
    name,
    logs,
    seqOf,
    online: () => client !== null && client.closed() === null,
    client: () => client,
    leave() {
      catchUp()
      client?.leave()
      client = null
    },
    connect() {
      const cursors = [...logs].map(([log, { epoch }]): Cursor => ({ log, epoch, seq: seqOf(log) }))
      client = world.connect(nodes[dice.below(nodes.length)])
      read = 0
      client.hello({ pass: world.pass(name), cursors })
    },
    catchUp,
  }
}

async function run(seed: number): Promise<void> {
  const dice = createSeededRandom(seed)
  const limits = { commands: quick, say: quick, whisper: quick, react: quick, queue: 1_000 }
  const world = createWorld({ seed, limits, journal: slowReads(dice) })
  const nodes = [world.first, lossyNode(world, dice), lossyNode(world, dice)]
  // Enough listeners for the room to coalesce, in some runs.
  if (seed % 5 === 0)
    for (let i = 0; i < 120; i++) world.connect(nodes[i % 2]).hello({ pass: world.pass(`idle ${i}`) })
  const readers = ['hana', ...VIEWERS].map((name) => createReader(world, name, nodes, dice))
  for (const reader of readers) reader.connect()
  const mine = new Map<string, string[]>()

  for (let step = 0; step < STEPS; step++) {
    const reader = readers[dice.below(readers.length)]!
    const client = reader.client()
    const act = dice.fraction()
    if (!client || !reader.online()) reader.connect()
    else if (act < 0.1) reader.leave()
    else if (act < 0.5) client.send({ t: 'say', text: `said ${step}` })
    else if (act < 0.7)
      client.send({
        t: 'whisper',
        text: `whispered ${step}`,
        ...(reader.name === 'hana' ? { to: world.person(VIEWERS[dice.below(4)]!) } : {}),
      })
    else if (act < 0.8) {
      const ids = client.of('ok').flatMap(({ id }) => id ?? [])
      mine.set(reader.name, [...(mine.get(reader.name) ?? []), ...ids])
      const target = mine.get(reader.name)?.[dice.below(20)]
      if (target) client.send({ t: 'delete', target })
    } else await world.clock.advance(dice.below(400))
  }
  for (const reader of readers) if (!reader.online()) reader.connect()
  await world.clock.advance(5_000)

  const stream = world.show.id
  const host = world.person('hana')
  for (const reader of readers) {
    reader.catchUp()
    expect(reader.client()?.closed()).toBeNull()
    const self = world.person(reader.name)
    for (const [log, { from, entries }] of reader.logs) {
      const key = log === 'thread' ? { kind: log, stream, viewer: self } : { kind: log, stream }
      const truth = world.journal.read(log === 'inbox' ? host : self, key, from, 1e9)
      await world.clock.advance(100)
      expect([reader.name, log, entries]).toEqual([reader.name, log, await truth])
    }
  }
  expect(world.faults).toEqual([])
}

test.each(Array.from({ length: 40 }, (_, i) => i + 1))(
  'C2 C3 C10 L3 everybody ends with everything, once and in order (seed %i)',
  async (seed) => run(seed),
)

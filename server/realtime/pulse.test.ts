import { expect, test } from 'vitest'
import { createMemoryBus } from '../test/harness.ts'
import { createHandClock, settle } from '../test/clock.ts'
import type { PulseFrame } from '../../shared/protocol/index.ts'
import type { Bus, Journal, Notice } from '../app/ports.ts'
import { createPulse } from './pulse.ts'
import { createTally } from './tally.ts'

type Rows = Parameters<Journal['tally']>[0]
const log = { info: () => undefined, warn: () => undefined, fault: () => 'f' }

function setUp() {
  const clock = createHandClock(1_000_000)
  const bus = createMemoryBus()
  const written: Rows[number][] = []
  const state = { away: false }
  const tally = (rows: Rows) => {
    if (state.away) return Promise.reject(new Error('away'))
    written.push(...rows)
    return Promise.resolve()
  }
  function node(name: string, on: Bus = bus) {
    const told: PulseFrame[] = []
    const pulse = createPulse({ bus: on, clock, node: name, tally: createTally({ tally }, log) })
    return { pulse, told, open: (totals = {}) => pulse.open('s1', totals, (frame) => told.push(frame)) }
  }
  return { clock, bus, written, state, node }
}

test('N3 one person with three tabs is one viewer, until the last tab is closed', async () => {
  const { clock, node } = setUp()
  const { pulse, told, open } = node('n1')
  open()
  for (const person of ['ada', 'ada', 'ada', 'bob']) pulse.arrive('s1', person)
  expect(pulse.viewers('s1')).toBe(2)
  pulse.leave('s1', 'ada')
  pulse.leave('s1', 'ada')
  await clock.advance(500)
  expect(told).toEqual([{ t: 'pulse', viewers: 2, reactions: {} }])
  pulse.leave('s1', 'ada')
  expect(pulse.viewers('s1')).toBe(1)
})

test('N2 a hundred reactions are one frame of totals, and what is stored names nobody', async () => {
  const { clock, node, written } = setUp()
  const { pulse, told, open } = node('n1')
  open({ '🔥': 40 })
  await clock.advance(500)
  for (let i = 0; i < 100; i++) pulse.add('s1', i % 4 === 0 ? '🔥' : '👏')
  await clock.advance(500)
  expect(told.slice(1)).toEqual([{ t: 'pulse', viewers: 0, reactions: { '🔥': 65, '👏': 75 } }])
  expect(written).toEqual([
    { stream: 's1', second: 1_000, emoji: '🔥', count: 25 },
    { stream: 's1', second: 1_000, emoji: '👏', count: 75 },
  ])
})

test('nothing new is nothing said, however long; changes are told at most twice a second', async () => {
  const { clock, node } = setUp()
  const { pulse, told, open } = node('n1')
  open()
  pulse.arrive('s1', 'ada')
  await clock.advance(60_000)
  expect(told).toHaveLength(1)
  for (let i = 0; i < 40; i++) {
    pulse.add('s1', '🎉')
    await clock.advance(50)
  }
  expect(told.length).toBeLessThanOrEqual(1 + 4 + 1)
  expect(told.at(-1)!.reactions).toEqual({ '🎉': 40 })
})

test('two nodes add up, on the bus too; a node that falls silent is forgotten with its viewers', async () => {
  const { clock, bus, node } = setUp()
  let cut = false
  const line: Bus = {
    ...bus,
    publish(notice: Notice) {
      if (!cut) bus.publish(notice)
    },
  }
  const [a, b] = [node('n1'), node('n2', line)]
  a.open()
  b.open()
  a.pulse.arrive('s1', 'ada')
  b.pulse.arrive('s1', 'bob')
  b.pulse.add('s1', '🔥')
  await clock.advance(1_000)
  for (const { told } of [a, b]) expect(told.at(-1)).toMatchObject({ viewers: 2, reactions: { '🔥': 1 } })
  await clock.advance(60_000)
  expect(a.pulse.viewers('s1')).toBe(2)
  cut = true
  await clock.advance(21_000)
  expect(a.pulse.viewers('s1')).toBe(1)
  expect(a.told.at(-1)).toMatchObject({ viewers: 1 })
})

test('with the database away reactions are kept and written when it is back', async () => {
  const { clock, node, written, state } = setUp()
  const { pulse, open } = node('n1')
  open()
  state.away = true
  pulse.add('s1', '🔥')
  await clock.advance(3_000)
  pulse.add('s1', '🔥')
  state.away = false
  await clock.advance(500)
  expect(written.map(({ second, count }) => [second, count])).toEqual([
    [1_000, 1],
    [1_003, 1],
  ])
})

test('a room that opens again counts what is not written yet, once', async () => {
  const { node } = setUp()
  const { pulse, open } = node('n1')
  open()
  pulse.add('s1', '🔥')
  pulse.close('s1')
  open({})
  await settle()
  expect(pulse.current('s1').reactions).toEqual({ '🔥': 1 })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import type { Entries, Entry, Frame } from '../../shared/protocol/index.ts'
import { createChannel } from './fanout.ts'
import { createPace } from './pace.ts'

const room = { kind: 'room', stream: 's1' } as const
const said = (seq: number, text = 'x'): Entry => {
  const author = { id: 'a', name: 'A', role: 'viewer' } as const
  return { seq, at: seq, event: { type: 'said', message: { id: `m${seq}`, author, text, at: seq } } }
}

function setUp() {
  const clock = createHandClock(0)
  const sent: { topic: string; frame: Frame; at: number }[] = []
  const heard = new Map<object, { topics: Set<string>; frames: Frame[] }>()
  const publish = (topic: string, json: string | Uint8Array) => {
    const frame = JSON.parse(json as string) as Frame
    sent.push({ topic, frame, at: clock.now() })
    for (const { topics, frames } of heard.values()) if (topics.has(topic)) frames.push(frame)
  }
  const pace = createPace(clock)
  const channel = createChannel({ topics: { publish }, clock, pace }, room, { epoch: 'e', seq: 0 })
  /** Somebody who listens, from where, and what came since. */
  function sit() {
    const { seq: from } = channel.seat()
    const own = { topics: new Set<string>(), frames: [] as Frame[] }
    const listener = {
      subscribe: (topic: string) => void own.topics.add(topic),
      unsubscribe: (topic: string) => void own.topics.delete(topic),
    }
    heard.set(listener, own)
    const leave = channel.listen(listener)
    return { from, leave, frames: own.frames, topics: own.topics, seqs: () => own.frames.flatMap(seqsOf) }
  }
  const crowd = (count: number) => Array.from({ length: count }, sit)
  const entries = () => sent.flatMap(({ frame }) => (frame.t === 'entries' ? [frame] : []))
  return { clock, channel, sent, sit, crowd, entries }
}

const seqsOf = (frame: Frame) => (frame.t === 'entries' ? frame.entries.map(({ seq }) => seq) : [])
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + 1 + i)

test('L7 a quiet room is told at once, what commits together in one frame', () => {
  const { channel, entries, crowd, clock } = setUp()
  crowd(50)
  channel.push([said(1)])
  channel.push([said(2), said(3)])
  expect(entries().map(seqsOf)).toEqual([[1], [2, 3]])
  expect(clock.timers()).toBe(0)
})

test('L7 a big room is told in parts of at most 250, one frame with all that came up since for each', async () => {
  const { channel, crowd, sent, clock } = setUp()
  const people = crowd(5_000)
  const topics = new Map<string, number>()
  for (const { topics: on } of people) for (const topic of on) topics.set(topic, (topics.get(topic) ?? 0) + 1)
  expect([topics.size, Math.max(...topics.values())]).toEqual([20, 250])
  for (let seq = 1; seq <= 100; seq++) {
    channel.push([said(seq)])
    await clock.advance(20)
  }
  await clock.advance(300)
  for (const person of people) expect(person.seqs()).toEqual(upTo(0, 100))
  // 100 lines in 20 parts: one by one it would be 2,000 publishes.
  expect(sent.length).toBeLessThan(700)
})

test('L7 who sits down hears everything after the seat, whatever others have been told', async () => {
  const { channel, crowd, sit, clock } = setUp()
  crowd(5_000)
  for (let seq = 1; seq <= 40; seq++) {
    channel.push([said(seq)])
    await clock.advance(7)
  }
  const late = sit()
  channel.push([said(41)])
  channel.settle()
  const settled = sit()
  expect(settled.from).toBe(41)
  await clock.advance(300)
  expect(late.seqs()).toEqual(upTo(late.from, 41))
  expect(settled.seqs()).toEqual([])
})

test('C2 C10 L3 whatever comes and goes: nothing is lost, doubled or out of order for anybody', async () => {
  type Step = { sit: number } | { leave: number } | { push: number } | { wait: number } | 'settle' | 'flush'
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ sit: fc.integer({ min: 1, max: 900 }) }) },
    { weight: 3, arbitrary: fc.record({ leave: fc.integer({ min: 1, max: 700 }) }) },
    { weight: 6, arbitrary: fc.record({ push: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 6, arbitrary: fc.record({ wait: fc.integer({ min: 0, max: 60 }) }) },
    fc.constantFrom('settle', 'flush'),
  )
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const { channel, sit, clock } = setUp()
    const people: (ReturnType<typeof sit> & { until?: number })[] = []
    let seq = 0
    for (const one of steps) {
      if (one === 'settle') channel.settle()
      else if (one === 'flush') channel.flush()
      else if ('sit' in one) for (let i = 0; i < one.sit; i++) people.push(sit())
      else if ('push' in one) {
        channel.push(Array.from({ length: one.push }, () => said(++seq)))
      } else if ('wait' in one) await clock.advance(one.wait)
      else
        for (const person of people.filter(({ until }) => until === undefined).slice(0, one.leave)) {
          person.leave()
          person.until = person.seqs().at(-1) ?? person.from
        }
    }
    await clock.advance(2_000)
    expect([channel.end(), channel.told()]).toEqual([seq, seq])
    for (const { from, until, seqs } of people) expect(seqs()).toEqual(upTo(from, until ?? seq))
    expect(clock.timers()).toBe(0)
  })
  await fc.assert(property, { numRuns: 30 })
})

test('N2 a count rides along with entries, the newest alone; in a silent room it goes by itself', async () => {
  const { channel, crowd, sent, clock } = setUp()
  crowd(1_000)
  const pulse = (viewers: number): Frame => ({ t: 'pulse', viewers, reactions: {} })
  channel.tell(pulse(1))
  channel.tell(pulse(2))
  channel.push([said(1)])
  await clock.advance(50)
  expect(sent.map(({ frame }) => frame.t)).toEqual([...Array<string[]>(4).fill(['entries', 'pulse'])].flat())
  expect(
    sent
      .filter(({ frame }) => frame.t === 'pulse')
      .every(({ frame }) => 'viewers' in frame && frame.viewers === 2),
  ).toBe(true)
  await clock.advance(500)
  expect(sent).toHaveLength(8)
  channel.tell(pulse(3))
  await clock.advance(100)
  expect(sent.slice(8).map(({ frame }) => frame)).toEqual(Array(4).fill(pulse(3)))
})

test('C10 a position is told to those who heard nothing since', async () => {
  const { channel, crowd, sent, clock } = setUp()
  crowd(500)
  channel.push([said(1)])
  channel.tellPosition()
  await clock.advance(100)
  expect(sent.slice(2).map(({ frame }) => frame)).toEqual(
    Array(2).fill({ t: 'pos', log: 'room', epoch: 'e', seq: 1 }),
  )
  channel.tellPosition()
  channel.push([said(2)])
  await clock.advance(100)
  expect(sent.slice(4).map(({ frame }) => frame.t)).toEqual(['entries', 'entries'])
})

test('frames stay small enough to be corked, and none is empty or out of order', () => {
  const { channel, entries, sit } = setUp()
  sit()
  channel.push(Array.from({ length: 200 }, (_, i) => said(i + 1, 'ü'.repeat(500))))
  expect(entries().length).toBeGreaterThan(5)
  for (const frame of entries()) expect(JSON.stringify(frame).length).toBeLessThan(17_000)
  expect(entries().flatMap(seqsOf)).toEqual(upTo(0, 200))
  expect(entries()[0]).toMatchObject({ t: 'entries', log: 'room', epoch: 'e' } satisfies Partial<Entries>)
})

test('L6 a message deleted while it waits goes out without its text', async () => {
  const { channel, crowd, sent, clock } = setUp()
  crowd(1_000)
  channel.push([said(1)])
  channel.push([said(2, 'secret')])
  channel.push([{ seq: 3, at: 3, event: { type: 'deleted', target: 'm2' } }])
  const before = sent.length
  await clock.advance(100)
  expect(JSON.stringify(sent.slice(before))).not.toContain('secret')
  expect(sent.at(-1)?.frame).toMatchObject({ entries: [{ event: { message: { text: null } } }, {}] })
})

test('a closed channel says nothing any more', async () => {
  const { channel, crowd, sent, clock } = setUp()
  crowd(1_000)
  channel.push([said(1)])
  const before = sent.length
  channel.tell({ t: 'pulse', viewers: 1, reactions: {} })
  channel.close()
  await clock.advance(1_000)
  expect(sent).toHaveLength(before)
})

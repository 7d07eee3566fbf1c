// One room's delay on a hand clock: what each topic is told, and when.
import { expect, test } from 'vitest'
import { createHandClock, settle } from '../test/clock.ts'
import type { Entry, Frame } from '../../shared/protocol/index.ts'
import { createDelay } from './delay.ts'
import { createChannel } from './fanout.ts'
import type { OpenChannel } from './fanout.ts'
import { createPace } from './pace.ts'

const room = { kind: 'room', stream: 's' } as const
const PROMPT = 'room:s:prompt'
const said = (seq: number, at = 0, text = `text ${seq}`): Entry => {
  const author = { id: 'a', name: 'A', role: 'viewer' } as const
  return { seq, at, event: { type: 'said', message: { id: `m${seq}`, author, text, at } } }
}

function setUp() {
  const clock = createHandClock(10_000)
  const sent: { topic: string; frame: Frame }[] = []
  const topics = {
    publish: (topic: string, frame: string | Uint8Array) =>
      void sent.push({ topic, frame: JSON.parse(frame as string) as Frame }),
  }
  const shown: number[] = []
  let opened = 0
  const pace = createPace(clock)
  const open: OpenChannel = ({ seq, suffix }) => {
    opened += 1
    return createChannel({ topics, clock, pace }, room, { epoch: 'e', seq }, suffix)
  }
  const delay = createDelay(clock, open, 0, (entries) => shown.push(...entries.map(({ seq }) => seq)))
  const told = (topic: string) =>
    sent.flatMap(({ topic: its, frame }) =>
      its === topic && frame.t === 'entries' ? frame.entries.map(({ seq }) => seq) : [],
    )
  const on = new Set<string>()
  const moderator = {
    subscribe: (topic: string) => void on.add(topic),
    unsubscribe: (topic: string) => void on.delete(topic),
  }
  return { clock, delay, sent, told, shown, moderator, on, opened: () => opened }
}

test('C20 without a delay there is one channel, one topic, no timer and nothing to show later', () => {
  const { delay, sent, told, shown, clock, moderator, on, opened } = setUp()
  delay.listenPromptly(moderator)
  delay.begin(0, [])
  delay.push([said(1), said(2)])
  delay.tellPosition()
  expect(told('room:s')).toEqual([1, 2])
  expect(sent.every(({ topic }) => topic === 'room:s')).toBe(true)
  expect([opened(), clock.timers(), shown, [...on]]).toEqual([1, 0, [], ['room:s']])
  expect(delay.prompt().seat()).toEqual(delay.seat())
})

test('C20 moderators are told at once and everybody else by the delay later, in order', async () => {
  const { clock, delay, told, shown, moderator, on } = setUp()
  delay.listenPromptly(moderator)
  delay.push([said(1)])
  delay.set(3_000)
  expect([...on]).toEqual([PROMPT])
  delay.push([said(2)])
  await clock.advance(1_000)
  delay.push([said(3), said(4)])
  expect([told(PROMPT), told('room:s')]).toEqual([[2, 3, 4], [1]])
  expect([delay.seat().seq, delay.prompt().seat().seq]).toEqual([1, 4])
  await clock.advance(1_999)
  expect(told('room:s')).toEqual([1])
  await clock.advance(1)
  expect(told('room:s')).toEqual([1, 2])
  expect(clock.timers()).toBe(1)
  await clock.advance(1_000)
  expect([told('room:s'), shown, clock.timers()]).toEqual([[1, 2, 3, 4], [2, 3, 4], 0])
})

test('C20 the end of the delay lets everything out at once and moves the moderators back without a hole', async () => {
  const { clock, delay, told, moderator, on } = setUp()
  const deafen = delay.listenPromptly(moderator)
  delay.set(6_000)
  delay.push([said(1), said(2)])
  delay.set(0)
  expect([told('room:s'), told(PROMPT), [...on]]).toEqual([[1, 2], [1, 2], ['room:s']])
  delay.push([said(3)])
  await clock.advance(100) // a busy room tells what comes together
  expect([told('room:s'), told(PROMPT)]).toEqual([
    [1, 2, 3],
    [1, 2],
  ])
  deafen()
  delay.set(1_000)
  expect([...on]).toEqual([])
  delay.close()
  expect(clock.timers()).toBe(0)
})

test('C20 a longer delay keeps the order, a shorter one lets out what has waited long enough', async () => {
  const { clock, delay, told } = setUp()
  delay.set(1_000)
  delay.push([said(1)])
  await clock.advance(500)
  delay.set(4_000)
  delay.push([said(2)])
  await clock.advance(3_499)
  expect(told('room:s')).toEqual([])
  await clock.advance(1)
  expect(told('room:s')).toEqual([1])
  delay.push([said(3)])
  delay.set(3_500)
  expect(told('room:s')).toEqual([1, 2])
  await clock.advance(3_500)
  expect(told('room:s')).toEqual([1, 2, 3])
})

test('C20 L6 what is deleted while it waits goes out without its text', async () => {
  const { clock, delay, sent, told } = setUp()
  delay.set(2_000)
  delay.push([said(1, 0, 'secret')])
  await clock.advance(1_999)
  delay.push([{ seq: 2, at: 0, event: { type: 'deleted', target: 'm1' } }])
  await clock.advance(2_000)
  expect(told('room:s')).toEqual([1, 2])
  expect(JSON.stringify(sent.filter(({ topic }) => topic === 'room:s'))).not.toContain('secret')
})

test('C20 positions and everything beside the log go to both topics, each its own position', () => {
  const { delay, sent } = setUp()
  delay.set(1_000)
  delay.push([said(1)])
  sent.length = 0
  delay.tellPosition()
  delay.tell({ t: 'pulse', viewers: 1, reactions: {} })
  expect(sent).toMatchObject([
    { topic: 'room:s', frame: { t: 'pos', seq: 0 } },
    { topic: PROMPT, frame: { t: 'pos', seq: 1 } },
    { topic: 'room:s', frame: { t: 'pulse' } },
    { topic: PROMPT, frame: { t: 'pulse' } },
  ])
})

test('C20 a room that is opened while its end still waits goes on from before that', async () => {
  const { clock, delay, told } = setUp()
  const held = delay.begin(2_000, [said(1, 1_000), said(2, 8_500), said(3, 9_900)])
  expect(held.map(({ seq }) => seq)).toEqual([2, 3])
  expect([delay.seat().seq, delay.prompt().seat().seq]).toEqual([1, 3])
  await clock.advance(500)
  expect([told('room:s'), told(PROMPT)]).toEqual([[2], []])
  delay.push([said(4, 10_500)])
  await clock.advance(2_000)
  expect([told('room:s'), told(PROMPT)]).toEqual([[2, 3, 4], [4]])
})

test('C20 who has seen more waits until everybody has been told that, or the room closes', async () => {
  const { clock, delay } = setUp()
  delay.set(1_000)
  delay.push([said(1), said(2)])
  await clock.advance(500)
  delay.push([said(3)])
  const came: number[] = []
  const waits = [0, 2, 3].map((seq) => delay.reached(seq).then(() => came.push(seq)))
  await settle()
  expect(came).toEqual([0])
  await clock.advance(500)
  expect([came, delay.seat().seq]).toEqual([[0, 2], 2])
  delay.close()
  await Promise.all(waits)
  expect(came).toEqual([0, 2, 3])
})

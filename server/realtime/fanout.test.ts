import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import type { Entries, Entry } from '../../shared/protocol/index.ts'
import { createChannel } from './fanout.ts'

const room = { kind: 'room', stream: 's1' } as const
const said = (seq: number, text = 'x'): Entry => {
  const author = { id: 'a', name: 'A', role: 'viewer' } as const
  return { seq, at: seq, event: { type: 'said', message: { id: `m${seq}`, author, text, at: seq } } }
}

function setUp(listeners: number) {
  const clock = createHandClock(0)
  const sent: Entries[] = []
  const publish = (topic: string, frame: string | Uint8Array) => {
    expect(topic).toBe('room:s1')
    sent.push(JSON.parse(frame as string) as Entries)
  }
  const channel = createChannel({ topics: { publish }, clock }, room, { epoch: 'e', seq: 0 }, () => listeners)
  const seqs = () => sent.map(({ entries }) => entries.map(({ seq }) => seq))
  return { clock, channel, sent, seqs }
}

test('a room with few listeners is told at once, what commits together in one frame', () => {
  const { channel, seqs, clock } = setUp(50)
  channel.push([said(1)])
  channel.push([said(2), said(3)])
  expect(seqs()).toEqual([[1], [2, 3]])
  expect(clock.timers()).toBe(0)
})

test('a big room hears the first entry at once and the rest together, at most every 100 ms', async () => {
  const { channel, seqs, clock } = setUp(5_000)
  channel.push([said(1)])
  channel.push([said(2)])
  channel.push([said(3)])
  expect(seqs()).toEqual([[1]])
  expect(channel.seat()).toEqual({ topic: 'room:s1', seq: 1 })
  await clock.advance(100)
  expect(seqs()).toEqual([[1], [2, 3]])
  channel.push([said(4)])
  expect(seqs()).toHaveLength(2)
  await clock.advance(100)
  expect(seqs().at(-1)).toEqual([4])
  await clock.advance(100)
  channel.push([said(5)])
  expect(seqs().at(-1)).toEqual([5])
  expect(channel.seat().seq).toBe(5)
})

test('frames stay small enough to be corked, and none is empty or out of order', () => {
  const { channel, sent, seqs } = setUp(1)
  channel.push(Array.from({ length: 200 }, (_, i) => said(i + 1, 'ü'.repeat(500))))
  expect(sent.length).toBeGreaterThan(5)
  for (const frame of sent) expect(JSON.stringify(frame).length).toBeLessThan(17_000)
  expect(seqs().flat()).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  expect(sent[0]).toMatchObject({ t: 'entries', log: 'room', epoch: 'e' })
})

test('L6 a message deleted while it waits goes out without its text', async () => {
  const { channel, sent, clock } = setUp(5_000)
  channel.push([said(1)])
  channel.push([said(2, 'secret')])
  channel.push([{ seq: 3, at: 3, event: { type: 'deleted', target: 'm2' } }])
  await clock.advance(100)
  expect(sent[1]!.entries).toMatchObject([
    { event: { message: { text: null } } },
    { event: { target: 'm2' } },
  ])
  expect(JSON.stringify(sent)).not.toContain('secret')
})

test('a closed channel says nothing any more', async () => {
  const { channel, seqs, clock } = setUp(5_000)
  channel.push([said(1)])
  channel.push([said(2)])
  channel.close()
  await clock.advance(1_000)
  expect(seqs()).toEqual([[1]])
})

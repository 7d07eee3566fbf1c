// The chat beside a recording, against a log that answers like the server: by times, in pages, cut by their length.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry, Message } from '../../../shared/protocol/events.ts'
import type { Replay } from '../../../shared/api/chat.ts'
import type { Answer } from '../../api.ts'
import { handClock, settle } from '../test/hand.ts'
import { createReplayFeed, type ReplayRange, type ReplayState } from './feed.ts'
import { pinAt, tapeFrom, trimmed } from './tape.ts'

const START = 1_000_000
/** So many from before the start are told at the beginning. */
const WAITING = 15
const message = (id: number, at: number): Message => ({
  id: `m${id}`,
  author: { id: 'a', name: 'Ada', role: 'viewer' },
  text: `message ${id}`,
  at,
})
const said = (seq: number, at: number): Entry => ({
  seq,
  at,
  event: { type: 'said', message: message(seq, at) },
})

function world(entries: readonly Entry[], { pageSize = 20, edge = Infinity } = {}) {
  const clock = handClock(START)
  const asked: ReplayRange[] = []
  const fails: Answer<Replay>[] = []
  let now = edge
  const pinOf = (log: readonly Entry[]): Message | null => {
    const event = log.findLast(({ event: { type } }) => type === 'pinned' || type === 'unpinned')?.event
    return event?.type === 'pinned' ? event.message : null
  }
  function ask(range: ReplayRange): Promise<Answer<Replay>> {
    asked.push(range)
    const failure = fails.shift()
    if (failure) return Promise.resolve(failure)
    const waiting = range.from === START ? entries.filter(({ at }) => at < START).slice(-WAITING) : []
    const inside = entries.filter(
      ({ at, seq }) =>
        at >= (waiting[0]?.at ?? range.from) && at <= Math.min(range.to, now) && seq > (range.after ?? 0),
    )
    const page = inside.slice(0, pageSize)
    return Promise.resolve({
      ok: true,
      value: {
        startedAt: START,
        endedAt: null,
        entries: page.map((entry) => ({ ...entry, offset: entry.at - START })),
        next: inside.length > pageSize ? (page.at(-1)?.seq ?? null) : null,
        ...(range.pin ? { pin: pinOf(entries.filter(({ at }) => at < range.from)) } : {}),
      },
    })
  }
  const states: ReplayState[] = []
  const feed = createReplayFeed({
    startedAt: START,
    ask,
    clock,
    fraction: () => 0.5,
    edge: () => now,
    changed: (state) => states.push(state),
  })
  return {
    feed,
    clock,
    asked,
    fails,
    states,
    setEdge: (next: number) => (now = next),
    /** Lets every answer come and every question that follows from it. */
    async calm(): Promise<void> {
      for (let before = -1; before !== asked.length;) {
        before = asked.length
        await settle()
      }
    },
    seqs: () => feed.state().entries.map(({ seq }) => seq),
  }
}
const seqsOf = (entries: readonly Entry[], from: number, to: number): number[] =>
  entries.filter(({ at }) => at >= from && at <= to).map(({ seq }) => seq)

test('V25 after any seeks exactly what was said from the start of the window to the moment is shown', async () => {
  const logs = fc
    .array(fc.nat(4_000), { maxLength: 300 })
    .map((gaps) => gaps.reduce<number[]>((all, gap) => [...all, (all.at(-1) ?? START) + gap], []))
    .map((times) => times.map((at, i) => said(i + 1, at)))
  const seeks = fc.array(fc.nat(1_300_000), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(logs, seeks, fc.integer({ min: 2, max: 40 }), async (log, moments, pageSize) => {
      const { feed, seqs, calm } = world(log, { pageSize })
      for (const moment of moments) {
        feed.show(START + moment)
        await calm()
        const { from, at } = feed.state()
        expect(at).toBe('ready')
        expect(from).toBeLessThanOrEqual(START + moment)
        expect(seqs()).toEqual(seqsOf(log, from, START + moment))
      }
    }),
    { numRuns: 150, seed: 25 },
  )
})

test('P29 V25 what was said before the start is there from the beginning, and again after a look at the middle', async () => {
  const early = Array.from({ length: 40 }, (_, i) => said(i + 1, START - 80_000 + i * 1_000))
  const log = [...early, ...Array.from({ length: 300 }, (_, i) => said(i + 41, START + i * 1_000))]
  const { feed, seqs, calm } = world(log)
  const told = Array.from({ length: WAITING }, (_, i) => 41 - WAITING + i)
  feed.show(START)
  await calm()
  expect(seqs()).toEqual([...told, 41])
  expect(feed.state().earlier).toBe(false)
  feed.show(START + 200_000)
  await calm()
  expect(seqs()).not.toContain(40)
  while (feed.state().earlier) {
    feed.older()
    await calm()
  }
  expect(seqs()).toEqual([...told, ...Array.from({ length: 201 }, (_, i) => i + 41)])
  feed.show(START + 1_000)
  await calm()
  expect(seqs()).toEqual([...told, 41, 42])
})

test('V25 nothing of the future is shown while an answer is on its way, and nothing of another moment', async () => {
  const log = Array.from({ length: 400 }, (_, i) => said(i + 1, START + i * 1_000))
  const { feed, seqs, calm } = world(log)
  feed.show(START + 20_000)
  await calm()
  feed.show(START + 300_000)
  expect(seqs()).toEqual([])
  expect(feed.state().at).toBe('loading')
  feed.show(START + 100_000)
  await calm()
  const { from } = feed.state()
  expect(seqs()).toEqual(seqsOf(log, from, START + 100_000))
})

test('V25 each message comes with its moment while the picture plays', async () => {
  const log = Array.from({ length: 2_000 }, (_, i) => said(i + 1, START + i * 370))
  const { feed, seqs, calm } = world(log, { pageSize: 500 })
  for (let at = 0; at <= 740_000; at += 1_110) {
    feed.show(START + at)
    await calm()
    expect(seqs()).toEqual(seqsOf(log, feed.state().from, START + at))
    expect(seqs().at(-1)).toBe(Math.min(2_000, Math.floor(at / 370) + 1))
  }
})

test('V25 ten hours with a hundred thousand messages stay small in memory, and a seek asks for a few pages', async () => {
  const log = Array.from({ length: 100_000 }, (_, i) => said(i + 1, START + i * 360))
  const { feed, calm, asked, seqs } = world(log, { pageSize: 500 })
  for (const hour of [0, 9, 3.5, 9.9]) {
    const before = asked.length
    const at = START + hour * 3_600_000
    feed.show(at)
    await calm()
    expect(asked.length - before).toBeLessThan(6)
    expect(seqs().at(-1)).toBe(Math.floor((at - START) / 360) + 1)
  }
  for (let at = START + 3_600_000; at < START + 2 * 3_600_000; at += 20_000) {
    feed.show(at)
    await calm()
    expect(feed.state().entries.length).toBeLessThanOrEqual(500)
  }
})

test('V25 where thousands talk in one minute a seek starts near its moment', async () => {
  const log = Array.from({ length: 30_000 }, (_, i) => said(i + 1, START + i * 2))
  const { feed, calm, asked, seqs } = world(log, { pageSize: 500 })
  feed.show(START + 50_000)
  await calm()
  expect(asked.length).toBeLessThan(12)
  expect(seqs().at(-1)).toBe(25_001)
})

test('V25 the pin is the one of that moment, before and after what is kept in memory', async () => {
  const pin = (seq: number, at: number, id: number): Entry => ({
    seq,
    at,
    event: { type: 'pinned', message: message(id, at), ver: seq },
  })
  const log: Entry[] = [
    pin(1, START + 10_000, 7),
    pin(2, START + 100_000, 8),
    { seq: 3, at: START + 4_000_000, event: { type: 'unpinned', ver: 3 } },
    pin(4, START + 8_000_000, 9),
  ]
  const { feed, calm } = world(log)
  const pins: [number, string | undefined][] = [
    [5_000, undefined],
    [3_900_000, 'm8'],
    [12_000, 'm7'],
    [4_100_000, undefined],
    [9_000_000, 'm9'],
    [20_000_000, 'm9'],
  ]
  for (const [at, id] of pins) {
    feed.show(START + at)
    await calm()
    expect([at, feed.state().pin?.id]).toEqual([at, id])
  }
})

test('what is forgotten leaves its pin behind', () => {
  const entries: Entry[] = [
    { seq: 1, at: 10, event: { type: 'pinned', message: message(1, 10), ver: 1 } },
    ...Array.from({ length: 9 }, (_, i) => said(i + 2, 20 + i)),
  ]
  const tape = trimmed({ ...tapeFrom(0), entries, to: 100 }, 90, 4)
  expect(tape.entries.map(({ seq }) => seq)).toEqual([7, 8, 9, 10])
  expect(tape.from).toBe(25)
  expect(pinAt(tape, 90)?.id).toBe('m1')
})

test('the past is fetched when the reader scrolls up, without a hole', async () => {
  const log = Array.from({ length: 3_000 }, (_, i) => said(i + 1, START + i * 1_000))
  const { feed, calm, seqs } = world(log, { pageSize: 500 })
  feed.show(START + 2_000_000)
  await calm()
  const first = feed.state().from
  feed.lookingBack(true)
  feed.older()
  await calm()
  const { from } = feed.state()
  expect(from).toBeLessThan(first)
  expect(seqs()).toEqual(seqsOf(log, from, START + 2_000_000))
})

test('a page that does not come is asked for again, and what is there stays', async () => {
  const log = Array.from({ length: 100 }, (_, i) => said(i + 1, START + i * 1_000))
  const { feed, calm, fails, clock, seqs } = world(log)
  const offline: Answer<Replay> = { ok: false, denial: { code: 'offline', says: 'No line.' } }
  fails.push(offline, offline)
  feed.show(START + 30_000)
  await calm()
  expect(feed.state()).toMatchObject({ at: 'failed', says: 'No line.' })
  clock.advance(10_000)
  await calm()
  clock.advance(10_000)
  await calm()
  expect(feed.state().at).toBe('ready')
  expect(seqs()).toEqual(seqsOf(log, feed.state().from, START + 30_000))
})

test('somebody who may not read is not asked for again', async () => {
  const { feed, calm, fails, clock, asked } = world([])
  fails.push({ ok: false, denial: { code: 'banned', says: 'You are banned from this stream.' } })
  feed.show(START + 30_000)
  await calm()
  clock.advance(600_000)
  feed.show(START + 40_000)
  await calm()
  expect(feed.state().at).toBe('refused')
  expect(asked).toHaveLength(1)
})

test('V27 while the stream goes on nothing is missed that was said after it was asked for', async () => {
  const log = Array.from({ length: 600 }, (_, i) => said(i + 1, START + i * 1_000))
  const { feed, calm, seqs, setEdge } = world(log, { edge: START + 100_000 })
  for (let at = 60_000; at <= 400_000; at += 1_000) {
    setEdge(START + at + 20_000)
    feed.show(START + at)
    await calm()
    expect(seqs()).toEqual(seqsOf(log, feed.state().from, START + at))
  }
})

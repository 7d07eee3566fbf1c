import { expect, test } from 'vitest'
import { createMemoryBus } from '../test/harness.ts'
import { createHandClock, settle } from '../test/clock.ts'
import { ok } from '../../shared/protocol/index.ts'
import type { Entry, Result } from '../../shared/protocol/index.ts'
import type { Change, Draft, Journal, Notice, Placed } from './ports.ts'
import { createAppend, noticesFor } from './append.ts'

const room = { kind: 'room', stream: 's1' } as const
const entry = (seq: number): Entry => ({ seq, at: 1, event: { type: 'stream', state: 'live' } })
const inRoom = (seq: number): Placed => ({ log: room, epoch: 'e', seq, entry: entry(seq) })
const draft = (id: string, stream = 's1'): Draft => ({
  id,
  cmid: id,
  stream,
  sender: 'ada',
  text: 'x',
  replyTo: null,
  viewer: null,
})

/** A journal whose commits end when the test says so. */
function setUp(lanes = 1) {
  const clock = createHandClock(Date.UTC(2026, 10, 21))
  const bus = createMemoryBus()
  const notices: Notice[] = []
  bus.follow('s1')
  bus.subscribe((notice) => notices.push(notice))
  const faults: unknown[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    fault: (_: string, error: unknown) => `f${faults.push(error)}`,
  }
  let seq = 0
  const change = (): Change => ({ dup: false, id: 'm', at: 1, placed: [inRoom(++seq)] })
  type Commit = { drafts: string[]; end: (results?: Result<Change>[]) => void; fail: (error: Error) => void }
  const commits: Commit[] = []
  const commit = (drafts: string[]) =>
    new Promise<Result<Change>[]>((resolve, reject) =>
      commits.push({
        drafts,
        end: (results) => resolve(results ?? drafts.map(() => ok(change()))),
        fail: reject,
      }),
    )
  const journal = {
    append: (drafts: readonly Draft[]) => commit(drafts.map(({ id }) => id)),
    act: async (_: unknown, __: unknown, act: { type: string }) => (await commit([act.type]))[0],
  } as Partial<Journal> as Journal
  return { append: createAppend({ journal, bus, clock, log, lanes }), commits, notices, clock, faults }
}

test('M5 what waited while a commit ran goes into the next one, at once and at most 200 at a time', async () => {
  const { append, commits } = setUp()
  const all = Promise.all(Array.from({ length: 3 }, (_, i) => append.say(draft(`a${i}`))))
  await settle()
  expect(commits.map(({ drafts }) => drafts.length)).toEqual([3])
  const more = Array.from({ length: 450 }, (_, i) => append.say(draft(`b${i}`)))
  await settle()
  expect(commits).toHaveLength(1)
  commits[0]!.end()
  expect((await all).every(({ ok }) => ok)).toBe(true)
  for (const size of [200, 200, 50]) {
    await settle()
    expect(commits.at(-1)!.drafts).toHaveLength(size)
    commits.at(-1)!.end()
  }
  await Promise.all(more)
  expect(commits.flatMap(({ drafts }) => drafts).slice(3)).toEqual(
    Array.from({ length: 450 }, (_, i) => `b${i}`),
  )
})

test('M5 those who come together after a long silence are all taken', async () => {
  const { append, commits, clock } = setUp()
  const first = append.say(draft('first'))
  await settle()
  commits[0]!.end()
  await first
  await clock.advance(3_600_000)
  const together = [append.say(draft('a')), append.say(draft('b')), append.say(draft('c'))]
  await settle()
  expect(commits[1]!.drafts).toEqual(['a', 'b', 'c'])
  commits[1]!.end()
  expect((await Promise.all(together)).every(({ ok }) => ok)).toBe(true)
})

test('M1 M2 nothing is answered and nothing published before the commit returned', async () => {
  const { append, commits, notices } = setUp()
  const answers: unknown[] = []
  const sent = append.say(draft('a')).then((answer) => answers.push(answer))
  await settle()
  expect([answers, notices]).toEqual([[], []])
  commits[0]!.end()
  await sent
  expect(answers).toMatchObject([{ ok: true }])
  expect(notices).toMatchObject([{ type: 'entries', entries: [{ seq: 1 }] }])
})

test('M5 a row that is refused fails alone', async () => {
  const { append, commits } = setUp()
  const sent = [append.say(draft('a')), append.say(draft('b'))]
  await settle()
  commits[0]!.end([{ ok: false, denial: { code: 'banned' } }, ok({ dup: false, at: 1, placed: [inRoom(1)] })])
  expect(await Promise.all(sent)).toMatchObject([{ ok: false, denial: { code: 'banned' } }, { ok: true }])
})

test('M6 a commit that throws has an unknown outcome: all of its batch come again, the next batch runs', async () => {
  const { append, commits, faults, notices } = setUp()
  const lost = [append.say(draft('a')), append.say(draft('b'))]
  await settle()
  const next = append.say(draft('c'))
  commits[0]!.fail(new Error('connection reset'))
  for (const answer of await Promise.all(lost))
    expect(answer).toMatchObject({ ok: false, denial: { code: 'unavailable', retryAfterMs: 1_000 } })
  expect(faults).toHaveLength(1)
  await settle()
  commits[1]!.end()
  expect(await next).toMatchObject({ ok: true })
  expect(notices).toHaveLength(1)
})

test('M6 a full queue answers overloaded and has taken nothing', async () => {
  const { append, commits } = setUp()
  const first = append.say(draft('first'))
  await settle()
  const waiting = Array.from({ length: 2_000 }, (_, i) => append.say(draft(`w${i}`)))
  const refused = await append.say(draft('one too many'))
  expect(refused).toMatchObject({ ok: false, denial: { code: 'overloaded' } })
  expect(refused).toHaveProperty('denial.retryAfterMs', expect.any(Number))
  for (let done = 0; done <= 10; done++) {
    commits.at(-1)!.end()
    await settle()
  }
  await Promise.all([first, ...waiting])
  expect(commits.flatMap(({ drafts }) => drafts)).not.toContain('one too many')
})

test('M6 a database that hangs sheds after two seconds instead of queueing', async () => {
  const { append, commits, clock } = setUp()
  const stuck = append.say(draft('a'))
  await clock.advance(1_500)
  const waits = append.say(draft('b'))
  await clock.advance(1_000)
  expect(await append.say(draft('c'))).toMatchObject({ denial: { code: 'overloaded' } })
  commits[0]!.end()
  await stuck
  await settle()
  commits[1]!.end()
  expect(await waits).toMatchObject({ ok: true })
})

test('L3 acts and messages of one log leave in the order of their commits', async () => {
  const { append, commits, notices } = setUp()
  const done = [
    append.say(draft('a')),
    append.act('mona', 's1', { type: 'unpin' }),
    append.act('mona', 's1', { type: 'slow', seconds: 5 }),
    append.say(draft('b')),
  ]
  for (let i = 0; i < 3; i++) {
    await settle()
    expect(commits).toHaveLength(i + 1)
    commits[i]!.end()
  }
  await Promise.all(done)
  expect(commits.map(({ drafts }) => drafts)).toEqual([['a', 'b'], ['unpin'], ['slow']])
  const seqs = notices.flatMap((notice) => (notice.type === 'entries' ? notice.entries : []))
  expect(seqs.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
})

test('M12 a stream whose commit hangs holds up the others for a moment, then nobody', async () => {
  const { append, commits, clock } = setUp(3)
  const stuck = [append.say(draft('a', 'locked')), append.say(draft('b', 'free'))]
  await settle()
  const waiting = [append.say(draft('c', 'open')), append.say(draft('d', 'locked'))]
  await clock.advance(49)
  expect(commits).toHaveLength(1)
  await clock.advance(1)
  expect(commits.map(({ drafts }) => drafts)).toEqual([['a', 'b'], ['c']])
  commits[1]!.end()
  expect(await waiting[0]).toMatchObject({ ok: true })

  commits[0]!.fail(new Error('canceling statement due to lock timeout'))
  for (const answer of await Promise.all(stuck)) expect(answer).toMatchObject({ ok: false })
  await settle()
  expect(commits[2]!.drafts).toEqual(['d'])
  // It hung lately: it travels alone, and nobody waits for it.
  const next = [append.say(draft('e', 'open')), append.say(draft('f', 'locked'))]
  await settle()
  expect(commits.map(({ drafts }) => drafts).slice(3)).toEqual([['e']])
  commits[3]!.end()
  expect(await next[0]).toMatchObject({ ok: true })
  commits[2]!.end()
  await settle()
  // Quick again, it is one of all.
  expect(commits[4]!.drafts).toEqual(['f'])
  commits[4]!.end()
  await Promise.all(next)
})

test('M12 L3 a stream never has two commits under way, and commits at once are bounded', async () => {
  const { append, commits, clock } = setUp(2)
  const sent = ['1', '2', '3'].map((stream) => append.say(draft(`first of ${stream}`, stream)))
  await settle()
  sent.push(append.say(draft('second of 1', '1')), append.act('mona', '1', { type: 'unpin' }))
  sent.push(append.say(draft('first of 4', '4')), append.say(draft('first of 5', '5')))
  await clock.advance(200)
  expect(commits.map(({ drafts }) => drafts)).toEqual([
    ['first of 1', 'first of 2', 'first of 3'],
    ['first of 4', 'first of 5'],
  ])
  sent.push(append.say(draft('first of 6', '6')))
  await clock.advance(200)
  expect(commits).toHaveLength(2)
  for (let i = 0; i < 4; i++) {
    commits[i]!.end()
    await settle()
  }
  expect((await Promise.all(sent)).every(({ ok }) => ok)).toBe(true)
  expect(commits.map(({ drafts }) => drafts).slice(2)).toEqual([['unpin'], ['second of 1', 'first of 6']])
})

test('a second result of the same send is not published again', async () => {
  const { append, commits, notices } = setUp()
  const sent = append.say(draft('a'))
  await settle()
  commits[0]!.end([ok({ dup: true, id: 'm', at: 1, placed: [inRoom(1)] })])
  expect(await sent).toMatchObject({ value: { dup: true } })
  expect(notices).toEqual([])
})

test('M1 closing takes nothing more and answers what it took', async () => {
  const { append, commits } = setUp()
  const sent = append.say(draft('a'))
  let closed = false
  const closing = append.close().then(() => (closed = true))
  expect(await append.say(draft('b'))).toMatchObject({ denial: { code: 'overloaded' } })
  await settle()
  expect([closed, commits[0]!.drafts]).toEqual([false, ['a']])
  commits[0]!.end()
  expect(await sent).toMatchObject({ ok: true })
  await closing
  await append.close()
})

test('P1 notices of private logs are pointers to the newest position, rooms carry entries in order', () => {
  const thread = { kind: 'thread', stream: 's1', viewer: 'ada' } as const
  const inbox = { kind: 'inbox', stream: 's1' } as const
  const placed: Placed[] = [
    inRoom(2),
    { log: thread, epoch: 'e', seq: 4 },
    inRoom(1),
    { log: inbox, epoch: 'e', seq: 9 },
    { log: thread, epoch: 'e', seq: 5 },
  ]
  expect(noticesFor(placed)).toEqual([
    { type: 'entries', log: room, epoch: 'e', entries: [entry(1), entry(2)] },
    { type: 'pointer', log: thread, epoch: 'e', seq: 5 },
    { type: 'pointer', log: inbox, epoch: 'e', seq: 9 },
  ])
})

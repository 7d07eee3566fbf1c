import { describe, expect, test } from 'vitest'
import type { Deed, Entry, Held, Message, Report, StreamEvent } from '../../shared/protocol/events.ts'
import { banOf, heldOpen, reportsOpen, timedOutUntil, trail } from './backstage.ts'
import { emptyRoom, reduce, type Room } from './room.ts'
import { HOST, uuidOf, VIEWER } from './test/stage.ts'

const by = { id: HOST.id, name: HOST.name }
const target = { id: VIEWER.id, name: VIEWER.name }
const message = (id: string, text: string | null = `text of ${id}`): Message => ({
  id,
  author: VIEWER,
  text,
  at: 5,
})
const held = (id: string, more: Partial<Held> = {}): StreamEvent => ({
  type: 'held',
  held: { id, author: VIEWER, text: `text of ${id}`, at: 5, reason: 'link', verdict: 'open', ...more },
})
const reported = (id: string, reporter: string, more: Partial<Report> = {}): StreamEvent => ({
  type: 'reported',
  report: { by: { id: reporter, name: reporter }, reason: 'spam', note: null, message: message(id), ...more },
})
const resolved = (id: string): StreamEvent => ({ type: 'resolved', target: id, by })
const settled = (id: string, verdict: 'approved' | 'rejected'): StreamEvent => ({
  type: 'settled',
  target: id,
  verdict,
  by,
})
const did = (deed: Deed): StreamEvent => ({ type: 'moderated', by, deed })

function backstage(events: StreamEvent[], gone: string[] = []): Room {
  const entries = events.map((event, index): Entry => ({ seq: index + 1, at: 100 + index, event }))
  const log = { epoch: 'e1', from: 1, seq: entries.length, entries }
  return { ...emptyRoom, logs: { backstage: log }, gone: new Set(gone) }
}

describe('what waits', () => {
  test('a held message is open until somebody settles it', () => {
    const room = backstage([
      held('a'),
      held('b'),
      held('c'),
      settled('b', 'approved'),
      settled('c', 'rejected'),
    ])
    expect(heldOpen(room).map(({ id }) => id)).toEqual(['a'])
  })

  test('one that was read after its verdict is not open, though the verdict is in no loaded entry', () => {
    expect(heldOpen(backstage([held('a', { verdict: 'rejected' })]))).toEqual([])
  })

  test('nothing waits where there is no backstage', () => {
    expect([heldOpen(emptyRoom), reportsOpen(emptyRoom), trail(emptyRoom)]).toEqual([[], [], []])
  })
})

describe('reports', () => {
  test('are gathered by message, the first reported first', () => {
    const [one, other, ...none] = reportsOpen(
      backstage([
        reported('a', 'Bob'),
        reported('b', 'Bob'),
        reported('a', 'Eve', { reason: 'abuse', note: 'see' }),
      ]),
    )
    expect(one).toMatchObject({ message: { id: 'a' }, deleted: false })
    expect(one?.reports).toEqual([
      { by: { id: 'Bob', name: 'Bob' }, reason: 'spam', note: null, at: 100 },
      { by: { id: 'Eve', name: 'Eve' }, reason: 'abuse', note: 'see', at: 102 },
    ])
    expect(other).toMatchObject({ message: { id: 'b' }, reports: [{ by: { name: 'Bob' } }] })
    expect(none).toEqual([])
  })

  test('a resolved message opens again with the next report, and with that one alone', () => {
    expect(reportsOpen(backstage([reported('a', 'Bob'), resolved('a')]))).toEqual([])
    const again = reportsOpen(backstage([reported('a', 'Bob'), resolved('a'), reported('a', 'Eve')]))
    expect(again.map(({ reports }) => reports.map((report) => report.by.name))).toEqual([['Eve']])
  })

  test('a deleted message is said to be, by whatever told of it', () => {
    const deleted = (room: Room) => reportsOpen(room)[0]?.deleted
    expect(deleted(backstage([reported('a', 'Bob')], ['a']))).toBe(true)
    expect(deleted(backstage([reported('a', 'Bob', { message: message('a', null) })]))).toBe(true)
    expect(deleted(backstage([reported('a', 'Bob'), did({ is: 'deleted', message: message('a') })]))).toBe(
      true,
    )
  })
})

describe('the trail', () => {
  test('names every deed, the newest first, and what it was about', () => {
    const deeds = trail(
      backstage([
        held('a'),
        reported('b', 'Bob'),
        settled('a', 'rejected'),
        resolved('b'),
        did({ is: 'slowed', seconds: 5 }),
      ]),
    ).map(({ seq, at, deed }) => ({ seq, at, deed }))
    expect(deeds).toMatchObject([
      { seq: 5, at: 104, deed: { is: 'slowed', seconds: 5 } },
      { seq: 4, deed: { is: 'resolved', target: 'b', message: { id: 'b' } } },
      { seq: 3, deed: { is: 'rejected', target: 'a', held: { id: 'a' } } },
    ])
  })

  test('a verdict on what is not at hand is named all the same', () => {
    const [line] = trail(backstage([settled('a', 'approved'), resolved('b')])).reverse()
    expect(line?.deed).toEqual({ is: 'approved', target: 'a', held: null })
  })
})

describe('a person', () => {
  test('is timed out until the newest timeout says, unless it was lifted', () => {
    const timeout = (until: number) => did({ is: 'timed_out', target, until, reason: null })
    const lifted = did({ is: 'timeout_ended', target })
    expect(timedOutUntil(backstage([timeout(7), timeout(9)]), VIEWER.id)).toBe(9)
    expect(timedOutUntil(backstage([timeout(7), lifted]), VIEWER.id)).toBeNull()
    expect(timedOutUntil(backstage([timeout(7)]), uuidOf(1))).toBeNull()
  })

  test('is banned until, or for good, unless it was unbanned', () => {
    const banned = (until: number | null) => did({ is: 'banned', target, until, reason: 'ads' })
    expect(banOf(backstage([banned(7), banned(null)]), VIEWER.id)).toEqual({ until: null, reason: 'ads' })
    expect(banOf(backstage([banned(7), did({ is: 'unbanned', target })]), VIEWER.id)).toBeNull()
    expect(banOf(backstage([banned(7)]), uuidOf(1))).toBeNull()
  })
})

test('entries of backstage come through the reducer and change nothing else', () => {
  const room = backstage([])
  const entries: Entry[] = [{ seq: 1, at: 1, event: held('a') }]
  const next = reduce(room, { type: 'entries', log: 'backstage', entries })
  expect(heldOpen(next)).toHaveLength(1)
  expect({ ...next, logs: {} }).toEqual({ ...room, logs: {} })
})

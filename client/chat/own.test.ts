import { describe, expect, test } from 'vitest'
import type { Entry, Message, Notice, StreamEvent } from '../../shared/protocol/events.ts'
import { lineOf, type Line } from './lines.ts'
import { noticeText, ownLines, withOwn } from './own.ts'
import type { LogView } from './room.ts'
import { HOST, VIEWER } from './test/stage.ts'
import { entriesWith, threadsOf } from './threads.ts'

const message = (id: string, at: number, author = VIEWER): Message => ({
  id,
  author,
  text: `text of ${id}`,
  at,
})
const said = (id: string, at: number): [number, StreamEvent] => [
  at,
  { type: 'said', message: message(id, at, HOST) },
]
const notice = (at: number, notice: Notice): [number, StreamEvent] => [at, { type: 'notice', notice }]
const held = (id: string, at: number) => notice(at, { is: 'held', message: message(id, at) })

function log(events: [number, StreamEvent][], from = 1): LogView {
  const entries = events.map(([at, event], index): Entry => ({ seq: from + index, at, event }))
  return { epoch: 'e1', from, seq: from + entries.length - 1, entries }
}

/** The list as it is drawn, one word a line. */
function drawn(room: LogView, thread: LogView): string[] {
  const lines = room.entries.flatMap((entry) => lineOf(entry) ?? [])
  return withOwn(lines, ownLines({ room, thread }), room.from).map(word)
}
const word = (line: Line): string =>
  line.kind === 'note'
    ? line.text
    : line.kind === 'waiting'
      ? `${line.message.id}? ${line.verdict}`
      : line.message.id

describe('words that wait', () => {
  test('C22 stand among the public ones at their time, for their writer', () => {
    const room = log([said('a', 10), said('b', 20), said('c', 30)])
    expect(drawn(room, log([held('w', 20), held('x', 25), held('y', 99)]))).toEqual([
      'a',
      'b',
      'w? open',
      'x? open',
      'c',
      'y? open',
    ])
  })

  test('C22 stay until their message stands in the room, so that they are never nowhere and never twice', () => {
    const room = [said('a', 10), said('b', 30)]
    const thread = log([held('w', 20), notice(40, { is: 'approved', target: 'w' })])
    expect(drawn(log(room), thread)).toEqual(['a', 'w? approved', 'b'])
    const out = [...room, [40, { type: 'said', message: message('w', 40) }] satisfies [number, StreamEvent]]
    expect(drawn(log(out), thread)).toEqual(['a', 'b', 'w'])
  })

  test('C22 whose place is out of memory by now are not shown as waiting', () => {
    const room = log([said('y', 90), said('z', 91)], 500)
    expect(drawn(room, log([held('w', 20), notice(40, { is: 'approved', target: 'w' })]))).toEqual(['y', 'z'])
  })

  test('C22 that were not published keep their text, and a note says so where the talk is', () => {
    const thread = log([held('w', 20), notice(40, { is: 'rejected', target: 'w' })])
    expect(drawn(log([said('a', 10)]), thread)).toEqual(['a', 'w? rejected'])
    expect(drawn(log([said('a', 10), said('b', 30)]), thread)).toEqual([
      'a',
      'w? rejected',
      'b',
      'Not published: “text of w”',
    ])
  })

  test('from before what is paged back wait until that is', () => {
    const thread = log([held('v', 5), held('w', 20)])
    expect(drawn(log([said('b', 10)], 7), thread)).toEqual(['b', 'w? open'])
    expect(drawn(log([said('b', 10)], 1), thread)).toEqual(['v? open', 'b', 'w? open'])
  })

  test('the newest position of the list is that of the room', () => {
    const room = log([said('a', 10)])
    const lines = room.entries.flatMap((entry) => lineOf(entry) ?? [])
    const merged = withOwn(lines, ownLines({ room, thread: log([held('w', 20)], 40) }), 1)
    expect(merged.map(({ seq }) => seq)).toEqual([1, 1])
  })
})

describe('notices', () => {
  test('are quiet lines where they belong', () => {
    const thread = log([
      notice(15, { is: 'timed_out', until: 0, reason: 'slow down' }),
      notice(25, { is: 'timeout_ended' }),
    ])
    expect(drawn(log([said('a', 10), said('b', 20)]), thread)).toEqual([
      'a',
      expect.stringMatching(/^You were stopped from writing until .+\. Reason: slow down$/),
      'b',
      'You can write again',
    ])
  })

  test('a ban for good names no end', () => {
    expect(noticeText({ is: 'banned', until: null, reason: null }, 0)).toBe('You were banned')
    expect(noticeText({ is: 'unbanned' }, 0)).toBe('Your ban was ended')
  })

  test('name the day of an end only when it is another day', () => {
    const at = new Date(2026, 10, 21, 12).getTime()
    const until = (hours: number) =>
      noticeText({ is: 'banned', until: at + hours * 3_600_000, reason: null }, at)
    expect(until(1)).not.toMatch(/21|22/)
    expect(until(24)).toMatch(/22/)
  })

  test('are neither a conversation nor unread', () => {
    const { entries } = log([held('w', 20), notice(30, { is: 'unbanned' })])
    expect(threadsOf(entries, {}, VIEWER.id)).toEqual([])
    expect(entriesWith(entries, VIEWER.id)).toEqual([])
  })
})

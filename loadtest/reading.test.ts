import { expect, test } from 'vitest'
import type { Entry } from '../shared/protocol/events.ts'
import { createMarks } from './k6/marks.ts'
import { createStamps } from './k6/room.ts'
import { isPulse, isRoomEntries, rangeOf } from './k6/scan.ts'
import { createTrack } from './k6/track.ts'

const marks = createMarks('0123456789abcdef')
const said = (seq: number, text: string, id = `id-${seq}`): Entry => ({
  seq,
  at: 1_795_291_200_000,
  event: {
    type: 'said',
    message: { id, author: { id: 'a', name: 'Ada', role: 'viewer' }, text, at: 1_795_291_200_000 },
  },
})
const frame = (entries: Entry[]) => JSON.stringify({ t: 'entries', log: 'room', epoch: 'e', entries })

test('a frame tells its first and last seq, whatever the texts in it say', () => {
  const tricky = frame([said(7, '"seq":99'), said(8, 'plain'), said(9, '{"t":"entries","seq":1}')])
  expect(isRoomEntries(tricky)).toBe(true)
  expect(rangeOf(tricky)).toEqual({ first: 7, last: 9 })
  expect(isRoomEntries(JSON.stringify({ t: 'entries', log: 'thread', epoch: 'e', entries: [] }))).toBe(false)
  expect(isPulse(JSON.stringify({ t: 'pulse', viewers: 1, reactions: {} }))).toBe(true)
})

test('a reader that gets everything once has no hole and no double', () => {
  const track = createTrack()
  track.begin(10)
  expect(track.take(11, 12)).toEqual({ fresh: 2, missed: 0, doubled: 0 })
  expect(track.take(13, 13)).toEqual({ fresh: 1, missed: 0, doubled: 0 })
  expect([track.position(), track.seen(), track.start()]).toEqual([13, 3, 10])
})

test('what was left out and what came again is counted', () => {
  const track = createTrack()
  track.begin(10)
  expect(track.take(13, 14)).toEqual({ fresh: 2, missed: 2, doubled: 0 })
  expect(track.take(14, 15)).toEqual({ fresh: 1, missed: 0, doubled: 1 })
  expect(track.take(11, 12)).toEqual({ fresh: 0, missed: 0, doubled: 2 })
  track.jump(20)
  expect([track.position(), track.seen()]).toEqual([20, 3])
})

test('a resume without entries is a hole when the log went on', () => {
  const track = createTrack()
  track.begin(10)
  expect(track.take(11, 10)).toEqual({ fresh: 0, missed: 0, doubled: 0 })
  expect(track.take(14, 13).missed).toBe(3)
})

test('a text carries when it was sent, within 200 bytes', () => {
  const text = marks.text('p', 12_345, 99_999, 1_795_291_200_000.25)
  expect(text.length).toBeLessThanOrEqual(200)
  expect(text.length).toBeGreaterThan(190)
  expect(marks.stampOf(text)).toBe(1_795_291_200_000.25)
  expect(marks.stampOf('Hello')).toBeNull()
})

test('a private text is foreign to everybody but its viewer', () => {
  const mine = marks.text('w', 3, 0, 1)
  const theirs = marks.text('w', 33, 0, 1)
  expect(marks.foreignIn(mine, 3)).toBe(0)
  expect(marks.foreignIn(mine + theirs, 3)).toBe(1)
  expect(marks.foreignIn(theirs, 3)).toBe(1)
  expect(marks.foreignIn(marks.text('p', 33, 0, 1), 3)).toBe(0)
  // Cut off behind the mark: whose it was cannot be told, so it is not this viewer's.
  expect(marks.foreignIn('0123456789abcdef-w', 3)).toBe(1)
})

test('entries are learnt once, and held against what comes again', () => {
  const stamps = createStamps(marks)
  const text = marks.text('p', 1, 1, 5.5)
  expect(stamps.learn([said(1, text), said(2, 'Hello')])).toBe(true)
  expect([stamps.of(1), stamps.of(2), stamps.of(3)]).toEqual([5.5, null, undefined])
  expect(stamps.learn([said(1, text)])).toBe(true)
  expect(stamps.learn([said(1, text, 'another')])).toBe(false)
  expect(stamps.learn([said(4, text), said(6, text)])).toBe(false)
})

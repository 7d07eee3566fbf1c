import { describe, expect, test } from 'vitest'
import { check, type Report } from './checker.ts'
import { emptyHistory, type ClientHistory, type Seen, type Send } from './history.ts'
import type { Truth, TruthEntry } from './truth.ts'

const EPOCH = 'e1'

const said = (seq: number, over: Partial<TruthEntry> = {}): TruthEntry => ({
  log: 'room',
  stream: 's',
  viewer: null,
  epoch: EPOCH,
  seq,
  kind: 'said',
  message: `m${seq}`,
  cmid: `c${seq}`,
  sender: 'ada',
  text: `text ${seq}`,
  ver: null,
  ...over,
})
const sent = (nth: number, over: Partial<Send> = {}): Send => ({
  client: 0,
  cmid: `c${nth}`,
  lane: 'public',
  text: `text ${nth}`,
  nth,
  postedAt: nth,
  outcome: 'ok',
  okAt: nth,
  seq: nth,
  ...over,
})
const seen = (seq: number, over: Partial<Seen> = {}): Seen => ({
  line: 1,
  log: 'room',
  epoch: EPOCH,
  seq,
  what: `message m${seq} text ${seq}`,
  at: seq,
  how: 'live',
  ...over,
})

/** Ada said three lines and heard them; `change` makes it go wrong. */
function judged(change: (history: ClientHistory, truth: Truth) => void): Report {
  const history = emptyHistory(0, 0, false)
  history.starts.set('room', 0)
  history.sends.push(sent(1), sent(2), sent(3))
  history.seen.push(seen(1), seen(2), seen(3))
  const truth: Truth = { entries: [said(1), said(2), said(3)], tops: [] }
  change(history, truth)
  return check([{ history, id: 'ada', streamId: 's', hostId: 'h' }], truth)
}
const kinds = ({ lost, duplicated, reordered, foreign }: Report) => ({ lost, duplicated, reordered, foreign })
const NONE = { lost: 0, duplicated: 0, reordered: 0, foreign: 0 }

describe('the checker', () => {
  test('finds nothing in a faultless run, and counts what was acknowledged', () => {
    const report = judged(() => undefined)
    expect({ ...kinds(report), acked: report.acked, violations: report.violations }).toEqual({
      ...NONE,
      acked: 3,
      violations: [],
    })
  })

  const cases: [string, (history: ClientHistory, truth: Truth) => void, Partial<typeof NONE>][] = [
    [
      'C1 an acknowledged send that is nowhere',
      (history) => history.sends.push(sent(9, { seq: 9 })),
      { lost: 1 },
    ],
    [
      'C1 a send that is there twice',
      (history, { entries }) => {
        entries.push(said(4, { cmid: 'c3', text: 'text 3' }))
        history.seen.push(seen(4, { what: 'message m4 text 3' }))
      },
      { duplicated: 1 },
    ],
    [
      'C1 a private send that reached one of its two logs',
      (history, { entries }) => {
        history.sends.push(sent(7, { lane: 'private', seq: 1 }))
        history.seen.push(seen(1, { log: 'thread', what: 'message m1 text 7' }))
        entries.push(said(1, { log: 'thread', viewer: 'ada', kind: 'whispered', cmid: 'c7', text: 'text 7' }))
      },
      { lost: 1 },
    ],
    [
      'C2 a message nobody wrote',
      (history, { entries }) => {
        entries.push(said(4, { cmid: 'c4', sender: 'bo' }))
        history.seen.push(seen(4))
      },
      { foreign: 1 },
    ],
    ['C2 an entry that is not in the log', (history) => history.seen.push(seen(4)), { foreign: 1 }],
    ['C3 an entry that never came', (history) => history.seen.splice(2, 1), { lost: 1 }],
    ['C3 a hole on one connection', (history) => history.seen.splice(1, 1), { lost: 2 }],
    ['C3 an entry twice on one connection', (history) => history.seen.push(seen(3)), { duplicated: 1 }],
    ['C3 an older entry after a newer one', (history) => history.seen.push(seen(1)), { reordered: 1 }],
    [
      'C4 another text than the log has',
      (history) => history.seen.splice(0, 1, seen(1, { what: 'message m1 other' })),
      { foreign: 1 },
    ],
    [
      'C4 an entry of another numbering',
      (history) => history.seen.splice(2, 1, seen(3, { epoch: 'e0' })),
      { foreign: 1 },
    ],
    [
      'C5 sends of one person in another order than they were written',
      (history) => history.sends.splice(0, 2, sent(2), sent(1)),
      { reordered: 1 },
    ],
    ['C6 a frame with a text of other people', (history) => history.foreign.push('{}'), { foreign: 1 }],
    [
      'C7 a pin with a version that was there before',
      (history, { entries }) => {
        const pin = { kind: 'pinned', cmid: null, sender: null, text: null, ver: 1 }
        entries.push(said(4, pin), said(5, pin))
        history.seen.push(seen(4, { what: 'pinned m1 1' }), seen(5, { what: 'pinned m1 1' }))
      },
      { reordered: 1 },
    ],
    [
      'C8 a send without an outcome that is there twice',
      (history, { entries }) => {
        history.sends.splice(2, 1, sent(3, { outcome: 'open' }))
        entries.push(said(4, { cmid: 'c3', text: 'text 3' }))
        history.seen.push(seen(4, { what: 'message m4 text 3' }))
      },
      { duplicated: 1 },
    ],
    [
      'L2 a hole in the log itself',
      (history, { entries }) => {
        entries.splice(2, 1, said(4, { cmid: 'c3', text: 'text 3' }))
        history.seen.splice(2, 1)
      },
      { lost: 3 },
    ],
    [
      'a refused send that is there all the same',
      (history) => history.sends.splice(2, 1, sent(3, { outcome: 'refused' })),
      { foreign: 1 },
    ],
  ]
  test.each(cases)('finds %s', (_, change, found) => {
    expect(kinds(judged(change))).toEqual({ ...NONE, ...found })
  })

  test('takes a send without an outcome that never arrived, and a tombstone where the text was', () => {
    const report = judged((history, { entries }) => {
      history.sends.push(sent(8, { outcome: 'open' }))
      history.seen.splice(1, 1, seen(2, { what: 'message m2' }))
      entries.splice(0, 1, said(1, { text: null }))
    })
    expect(kinds(report)).toEqual(NONE)
  })

  test('measures the longest time from the first who knew to the last who got it', () => {
    const late = judged((history) => void history.seen.splice(2, 1, seen(3, { at: 503 })))
    expect([late.longestGapMs, late.liveGapMs]).toEqual([500, 500])
    const away = judged((history) => void history.seen.splice(2, 1, seen(3, { at: 503, how: 'join' })))
    expect([away.longestGapMs, away.liveGapMs]).toEqual([500, 0])
  })
})

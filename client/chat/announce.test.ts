import { describe, expect, test } from 'vitest'
import type { Entry, StreamEvent } from '../../shared/protocol/events.ts'
import { spoken } from './announce.ts'
import { emojisMatching, type Emoji } from './emoji.ts'
import { closesAt } from './goodbye.ts'
import { lineOf } from './lines.ts'
import { HOST, uuidOf, VIEWER } from './test/stage.ts'
import { entriesWith, threadsOf } from './threads.ts'

const OTHER = { id: uuidOf(0x7), name: 'Joan', role: 'viewer' } as const
const message = (text: string | null, author = HOST) => ({ id: text ?? 'gone', author, text, at: 0 })
const said = (text: string | null, author = HOST): StreamEvent => ({
  type: 'said',
  message: message(text, author),
})
const whispered = (text: string | null, author = HOST, viewer = VIEWER): StreamEvent => ({
  type: 'whispered',
  viewer,
  message: message(text, author),
})
const log = (...events: StreamEvent[]): Entry[] =>
  events.map((event, index) => ({ seq: index + 1, at: 0, event }))

describe('what is spoken', () => {
  test('slow talk is read out', () => {
    expect(spoken(log(said('hello'), whispered('psst')), VIEWER)).toBe('Ada: hello. Ada, in private: psst')
  })
  test('fast talk is counted, and what calls you is read out', () => {
    const fast = log(said('a'), said('b'), said('hi @Grace'), said('c'))
    expect(spoken(fast, VIEWER)).toBe('4 new messages. Ada: hi @Grace')
  })
  test('your own, the deleted and everything that is no message is not', () => {
    expect(spoken(log(said('mine', VIEWER), said(null), { type: 'slowed', seconds: 3 }), VIEWER)).toBe('')
  })
})

describe('threads', () => {
  const inbox = log(
    whispered('one', VIEWER),
    whispered('two', OTHER, OTHER),
    whispered('answer', HOST),
    whispered('three', VIEWER),
    whispered(null, VIEWER),
    { type: 'deleted', target: 'gone' },
  )
  test('newest conversation first, unread are the others’ beyond the mark', () => {
    const threads = threadsOf(inbox, { [VIEWER.id]: 1 }, HOST.id)
    expect(threads.map(({ viewer, unread }) => [viewer.name, unread])).toEqual([
      ['Grace', 1],
      ['Joan', 1],
    ])
    expect(threads[0]?.latest.text).toBeNull()
  })
  test('P1 one conversation holds its own messages only', () => {
    expect(entriesWith(inbox, OTHER.id).map(({ seq }) => seq)).toEqual([2])
  })
})

test('a line stands for what is said or changes the rules, not for what acts elsewhere', () => {
  const events: StreamEvent[] = [
    said('x'),
    { type: 'slowed', seconds: 60 },
    { type: 'slowed', seconds: 0 },
    { type: 'stream', state: 'live' },
    { type: 'unpinned', ver: 2 },
    { type: 'deleted', target: 'x' },
  ]
  const lines = log(...events).flatMap((entry) => lineOf(entry) ?? [])
  expect(lines.map((line) => (line.kind === 'note' ? line.text : line.kind))).toEqual([
    'message',
    'Slow mode: one message every minute',
    'Slow mode is off',
    'The stream is live',
  ])
})

test('M9 goodbyes end five minutes after the last end, and not while the stream goes on', () => {
  const at = (seq: number, event: StreamEvent): Entry => ({ seq, at: seq * 1_000, event })
  const ended = at(2, { type: 'stream', state: 'ended' })
  expect(closesAt([at(1, said('x')), ended, at(3, said('bye'))])).toBe(302_000)
  expect(closesAt([ended, at(3, { type: 'stream', state: 'live' })])).toBeUndefined()
  expect(closesAt([at(1, said('x'))])).toBeUndefined()
})

describe('emoji', () => {
  const all: Emoji[] = [
    { unicode: '🎉', label: 'party popper', tags: ['tada'], group: 6, order: 3 },
    { unicode: '🥳', label: 'partying face', group: 0, order: 2 },
    { unicode: '🎂', label: 'birthday cake', tags: ['party'], group: 4, order: 1 },
    { unicode: '🇦', label: 'regional indicator A' },
    { unicode: '🏻', label: 'party of a skin', group: 2 },
  ]
  test('are found by name, then by tag, never parts of emoji', () => {
    expect(emojisMatching(all, ' Party ', 0).map(({ unicode }) => unicode)).toEqual(['🥳', '🎉', '🎂'])
    expect(emojisMatching(all, 'popper', 0).map(({ unicode }) => unicode)).toEqual(['🎉'])
    expect(emojisMatching(all, 'indicator', 0)).toEqual([])
  })
  test('are listed by group without a query', () => {
    expect(emojisMatching(all, '', 4).map(({ unicode }) => unicode)).toEqual(['🎂'])
  })
})

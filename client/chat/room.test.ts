import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry, LogName, Message, StreamEvent } from '../../shared/protocol/events.ts'
import type { LogWelcome, Welcome } from '../../shared/protocol/frames.ts'
import { OPEN_RULES } from '../../shared/protocol/rules.ts'
import { createPassSource } from '../pass.ts'
import { createConnection } from './connection.ts'
import { emptyRoom, reduce, type Room } from './room.ts'
import { handClock, handRandom, handSignals } from './test/hand.ts'
import { createStage, HOST, VIEWER } from './test/stage.ts'

const message = (id: string, text: string | null = `text of ${id}`, quote?: string): Message => ({
  id,
  author: HOST,
  text,
  at: 0,
  ...(quote ? { replyTo: { id: quote, name: 'Ada', text: `text of ${quote}` } } : {}),
})
const said = (id: string, quote?: string): StreamEvent => ({
  type: 'said',
  message: message(id, undefined, quote),
})
const numbered = (events: StreamEvent[], from = 1): Entry[] =>
  events.map((event, index) => ({ seq: from + index, at: 0, event }))

function welcome(logs: Partial<LogWelcome>[], more: Partial<Welcome> = {}): Welcome {
  return {
    t: 'welcome',
    you: { id: VIEWER.id, name: 'Grace', role: 'viewer', guest: true },
    stream: { slug: 'show', title: 'Show', state: 'live', host: { id: 'host', name: 'Ada' } },
    logs: logs.map((log) => {
      const seq = log.seq ?? log.entries?.at(-1)?.seq ?? 0
      return { log: 'room', epoch: 'e1', seq, recovered: false, entries: [], ...log }
    }),
    pin: null,
    slowSeconds: 0,
    rules: OPEN_RULES,
    pulse: { viewers: 1, reactions: {} },
    passExpiresAt: 0,
    now: 0,
    ...more,
  }
}
const join = (logs: Partial<LogWelcome>[], more?: Partial<Welcome>, room: Room = emptyRoom) =>
  reduce(room, { type: 'welcome', welcome: welcome(logs, more) })
const hear = (room: Room, entries: Entry[], log: LogName = 'room') =>
  reduce(room, { type: 'entries', log, entries })
const texts = (room: Room, log: LogName = 'room') =>
  room.logs[log]?.entries.map(({ event }) => ('message' in event ? event.message.text : event.type))

describe('deletes', () => {
  test('L6 a delete takes the text from the message, from quotes of it and from the pin', () => {
    let room = join([{ entries: numbered([said('a'), said('b', 'a')]) }])
    room = hear(room, numbered([{ type: 'pinned', message: message('a'), ver: 1 }], 3))
    expect(room.pin?.id).toBe('a')
    room = hear(room, numbered([{ type: 'deleted', target: 'a' }], 4))
    expect(room.pin).toBeNull()
    expect(JSON.stringify(room)).not.toContain('text of a')
    expect(JSON.stringify(room)).toContain('text of b')
  })

  test('L6 a pin that quotes a deleted message loses the quote and stays', () => {
    let room = join([{ entries: numbered([said('a')]) }])
    room = hear(room, numbered([{ type: 'pinned', message: message('b', 'kept', 'a'), ver: 1 }], 2))
    room = hear(room, numbered([{ type: 'deleted', target: 'a' }], 3))
    expect(room.pin).toMatchObject({ text: 'kept', replyTo: { text: null } })
  })

  test('L6 an older page that was read before the delete does not bring the text back', () => {
    let room = join([{ seq: 3, entries: numbered([said('c')], 3) }])
    room = hear(room, numbered([{ type: 'deleted', target: 'a' }], 4))
    room = reduce(room, { type: 'older', log: 'room', entries: numbered([said('a'), said('b', 'a')]) })
    expect(texts(room)).toEqual([null, 'text of b', 'text of c', 'deleted'])
    expect(JSON.stringify(room)).not.toContain('text of a')
  })

  test('L6 a welcome cannot bring a deleted text back either', () => {
    let room = join([{ entries: numbered([said('a')]) }])
    room = hear(room, numbered([{ type: 'deleted', target: 'a' }], 2))
    room = join([{ entries: numbered([said('a')]) }], { pin: message('a') }, room)
    expect(JSON.stringify(room)).not.toContain('text of a')
  })

  test('L6 a delete reaches the words that once waited, and the quotes of what waits', () => {
    const { replyTo } = message('x', null, 'b')
    const waits = { id: 'c', author: VIEWER, text: 'kept', at: 0, reason: 'review', verdict: 'open' } as const
    let room = join([
      { entries: numbered([said('a'), said('b')]) },
      {
        log: 'thread',
        entries: numbered([{ type: 'notice', notice: { is: 'held', message: message('a') } }]),
      },
      {
        log: 'backstage',
        entries: numbered([{ type: 'held', held: { ...waits, ...(replyTo && { replyTo }) } }]),
      },
    ])
    room = hear(
      room,
      numbered(
        [
          { type: 'deleted', target: 'a' },
          { type: 'deleted', target: 'b' },
        ],
        3,
      ),
    )
    const later = numbered([{ type: 'notice', notice: { is: 'held', message: message('a') } }], 2)
    room = hear(room, later, 'thread')
    expect(JSON.stringify(room)).not.toContain('text of')
    expect(JSON.stringify(room)).toContain('kept')
  })

  test('messages that a delete does not touch keep their identity', () => {
    const room = join([{ entries: numbered([said('a'), said('b')]) }])
    const after = hear(room, numbered([{ type: 'deleted', target: 'a' }], 3))
    expect(after.logs.room?.entries[1]).toBe(room.logs.room?.entries[1])
  })
})

describe('resume', () => {
  test('C3 recovered continues and counts what others said meanwhile', () => {
    const mine: StreamEvent = { type: 'said', message: { ...message('c'), author: VIEWER } }
    const room = join([{ entries: numbered([said('a')]) }])
    const after = join([{ recovered: true, entries: numbered([said('b'), mine, said('d')], 2) }], {}, room)
    expect(texts(after)).toEqual(['text of a', 'text of b', 'text of c', 'text of d'])
    expect(after.caughtUp).toEqual({ messages: 2, whole: true })
  })

  test('C3 not recovered replaces and says that history has a hole', () => {
    const room = join([{ entries: numbered([said('a')]) }])
    const after = join([{ reason: 'too_many', entries: numbered([said('z')], 900) }], {}, room)
    expect(after.logs.room).toMatchObject({ from: 900, seq: 900 })
    expect(after.caughtUp).toMatchObject({ whole: false })
  })

  test('nothing missed says nothing', () => {
    const room = join([{ entries: numbered([said('a')]) }])
    expect(join([{ recovered: true, seq: 1, entries: [] }], {}, room).caughtUp).toBeNull()
    expect(room.caughtUp).toBeNull()
  })

  test('P1 another person on the same socket sees nothing of the former one', () => {
    const secret = numbered([{ type: 'whispered', viewer: VIEWER, message: message('s', 'secret') }])
    const room = join([{}, { log: 'thread', entries: secret }])
    const you = { id: 'other', name: 'Joan', role: 'viewer', guest: true } as const
    const after = join([{}, { log: 'thread', recovered: true, seq: 1, entries: [] }], { you }, room)
    expect(JSON.stringify(after)).not.toContain('secret')
  })

  test('P1 a log that the new welcome does not name is gone', () => {
    const entries = numbered([{ type: 'whispered', viewer: VIEWER, message: message('s', 'secret') }])
    const room = join([{}, { log: 'inbox', entries }])
    expect(join([{ recovered: true, seq: 0 }], {}, room).logs.inbox).toBeUndefined()
  })
})

describe('state', () => {
  test('N1 a second pin replaces the first, unpin clears', () => {
    let room = hear(join([{}]), numbered([{ type: 'pinned', message: message('a'), ver: 1 }]))
    room = hear(room, numbered([{ type: 'pinned', message: message('b'), ver: 2 }], 2))
    expect(room.pin?.id).toBe('b')
    expect(hear(room, numbered([{ type: 'unpinned', ver: 3 }], 3)).pin).toBeNull()
  })

  test('old pins and states in a page of history change nothing now', () => {
    const room = join([{ seq: 3, entries: numbered([said('c')], 3) }])
    const older = numbered([
      { type: 'pinned', message: message('x'), ver: 1 },
      { type: 'stream', state: 'scheduled' },
    ])
    const after = reduce(room, { type: 'older', log: 'room', entries: older })
    expect(after.pin).toBeNull()
    expect(after.stream?.state).toBe('live')
    expect(after.logs.room?.from).toBe(1)
  })

  test('V1 slow mode and the state of the stream follow the log', () => {
    const events: StreamEvent[] = [
      { type: 'slowed', seconds: 30 },
      { type: 'stream', state: 'ended' },
    ]
    const room = hear(join([{}]), numbered(events))
    expect([room.slowSeconds, room.stream?.state]).toEqual([30, 'ended'])
  })

  test('a page that does not touch what is there is not taken', () => {
    const room = join([{ seq: 9, entries: numbered([said('c')], 9) }])
    expect(reduce(room, { type: 'older', log: 'room', entries: numbered([said('a')], 7) })).toBe(room)
    expect(reduce(room, { type: 'older', log: 'room', entries: [] })).toBe(room)
  })
})

test('memory is capped at 500, later for somebody who reads back', () => {
  const many = numbered(Array.from({ length: 800 }, (_, index) => said(`m${index}`)))
  let room = hear(join([{}]), many)
  expect(room.logs.room).toMatchObject({ from: 301, seq: 800 })
  room = reduce(join([{}]), { type: 'lookingBack', log: 'room', on: true })
  room = hear(room, many)
  expect(room.logs.room?.from).toBe(1)
  room = reduce(room, { type: 'lookingBack', log: 'room', on: false })
  expect(room.logs.room).toMatchObject({ from: 301, seq: 800 })
  expect(room.logs.room?.entries).toHaveLength(500)
})

test('L3 however frames are cut, doubled, lost or shuffled, the room ends as the log is', async () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.constant('say' as const) },
    { weight: 2, arbitrary: fc.constant('delete' as const) },
    { weight: 1, arbitrary: fc.constant('reply' as const) },
    { weight: 1, arbitrary: fc.constant('pin' as const) },
  )
  const step = fc.record({
    events: fc.array(event, { maxLength: 6 }),
    fate: fc.constantFrom('tell', 'lose', 'twice', 'late', 'cut', 'pos', 'page'),
    pick: fc.nat(),
    wait: fc.nat({ max: 400 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.gen(), async (steps, gen) => {
      const clock = handClock()
      const stage = createStage({ now: () => clock.now() })
      let room: Room = emptyRoom
      const connection = createConnection({
        open: () => stage.open(),
        passes: createPassSource(
          () => stage.askForPass(),
          () => clock.now(),
        ),
        clock,
        random: handRandom(() => gen(fc.double, { min: 0, max: 0.999, noNaN: true })),
        signals: handSignals(),
        onStatus: () => undefined,
        onWelcome: (given) => (room = reduce(room, { type: 'welcome', welcome: given })),
        onEntries: (log, entries) => (room = reduce(room, { type: 'entries', log, entries })),
        onSnapshot: () => undefined,
        onPulse: () => undefined,
        onReply: () => undefined,
      })
      connection.start()
      await clock.advance(0)
      const gone = new Set<string>()
      const spoken: string[] = []
      const late: Entry[][] = []
      for (const { events, fate, pick, wait } of steps) {
        const fresh = events.map((kind) => {
          const target = spoken[pick % (spoken.length || 1)]
          if (kind === 'say' || target === undefined) {
            const next = stage.said(`text ${spoken.length}`)
            if (next.type === 'said') spoken.push(next.message.id)
            return stage.commit('room', next)
          }
          if (kind === 'delete') {
            gone.add(target)
            return stage.commit('room', { type: 'deleted', target })
          }
          const whole = message(`r${pick}-${clock.now()}`, 'again', gone.has(target) ? undefined : target)
          if (kind === 'reply') return stage.commit('room', { type: 'said', message: whole })
          return stage.commit('room', { type: 'pinned', message: whole, ver: 1 })
        })
        if (fate === 'tell' || fate === 'twice') stage.tell('room', ...fresh)
        if (fate === 'twice') stage.tell('room', ...fresh.toReversed())
        if (fate === 'late') late.push(fresh)
        if (fate === 'page') for (const entries of late.splice(0)) stage.tell('room', ...entries)
        if (fate === 'cut') stage.close(1006)
        if (fate === 'pos')
          stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: stage.logs.get('room')!.entries.length })
        await clock.advance(wait)
      }
      // The server tells its position every 15 to 25 s: that is what ends every loss.
      await clock.advance(21_000)
      const truth = stage.logs.get('room')!.entries
      stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: truth.length })
      await clock.advance(25_000)
      const view = room.logs.room!
      expect(view.seq).toBe(truth.length)
      expect(view.entries.map(({ seq }) => seq)).toEqual(truth.map(({ seq }) => seq))
      for (const [index, entry] of truth.entries()) {
        if (!('message' in entry.event)) continue
        const shown = view.entries[index]!.event
        const want = gone.has(entry.event.message.id) ? null : entry.event.message.text
        expect('message' in shown && shown.message.text).toBe(want)
        const quote = 'message' in shown ? shown.message.replyTo : undefined
        if (quote && gone.has(quote.id)) expect(quote.text).toBeNull()
      }
      connection.stop()
    }),
    { numRuns: 150, seed: 20261121 },
  )
})

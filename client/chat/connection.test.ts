import { expect, test } from 'vitest'
import type { Entry } from '../../shared/protocol/events.ts'
import { joined, world } from './test/line.ts'

test('C1 the first frame is hello with the pass, and connecting ends in connected', async () => {
  const { stage, statuses, heard } = await joined()
  expect(stage.heard[0]).toEqual({ t: 'hello', pass: 'pass-1', cursors: [] })
  expect(heard('hello')).toHaveLength(1)
  expect(statuses.map(({ at }) => at)).toEqual(['connecting', 'connected'])
})

test('C10 entries go through in order, once, whatever order and however often they come', async () => {
  const { stage, clock, seen, commit } = await joined()
  const [one, two, three] = commit(3) as [Entry, Entry, Entry]
  stage.tell('room', three)
  stage.tell('room', one)
  stage.tell('room', one, two)
  stage.tell('room', two)
  await clock.advance(0)
  expect(seen).toEqual([1, 2, 3])
})

test('a hole is read after the jitter and not before', async () => {
  const { stage, clock, seen, commit, heard } = await joined()
  const entries = commit(5)
  stage.tell('room', entries[4]!)
  await clock.advance(100)
  expect(heard('read')).toHaveLength(0)
  await clock.advance(30)
  expect(heard('read')).toMatchObject([{ log: 'room', from: 1, to: 4 }])
  expect(seen).toEqual([1, 2, 3, 4, 5])
})

test('a hole that closes by itself is not read', async () => {
  const { stage, clock, seen, commit, heard } = await joined()
  const [one, two] = commit(2) as [Entry, Entry]
  stage.tell('room', two)
  stage.tell('room', one)
  await clock.advance(3_000)
  expect(seen).toEqual([1, 2])
  expect(heard('read')).toHaveLength(0)
})

test('a position beyond ours reveals the lost end of a burst, page by page', async () => {
  const { stage, clock, seen, commit, heard } = await joined()
  commit(230)
  stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: 230 })
  await clock.advance(300)
  expect(seen).toHaveLength(230)
  expect(heard('read')).toHaveLength(3)
})

test('a hole that nobody fills is given up after 2 s and the line resumed from the last good entry', async () => {
  const { stage, clock, commit, heard, seen, at } = await joined()
  const entries = commit(3)
  stage.tell('room', entries[0]!)
  stage.mute.add('read')
  stage.tell('room', entries[2]!)
  await clock.advance(1_999)
  expect(heard('hello')).toHaveLength(1)
  await clock.advance(600)
  expect(heard('hello')[1]).toMatchObject({ cursors: [{ log: 'room', epoch: 'e1', seq: 1 }, {}] })
  expect(seen).toEqual([1, 2, 3])
  expect(at()).toBe('connected')
})

test('an empty answer to a read does not spin', async () => {
  const { stage, clock, heard } = await joined()
  stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: 7 })
  await clock.advance(1_900)
  expect(heard('read')).toHaveLength(1)
})

test('more than 200 held entries end in a resume', async () => {
  const { stage, clock, seen, commit, heard } = await joined()
  stage.mute.add('read')
  stage.tell('room', ...commit(205).slice(1))
  await clock.advance(600)
  expect(heard('hello')).toHaveLength(2)
  expect(seen).toHaveLength(205)
})

test('L4 another epoch is never continued: the line resumes and the history is replaced', async () => {
  const { stage, clock, seen, commit } = await joined()
  stage.tell('room', ...commit(2))
  stage.logs.set('room', { epoch: 'e2', entries: [] })
  const [fresh] = commit(1) as [Entry]
  stage.tell('room', fresh)
  await clock.advance(600)
  expect(seen).toEqual([1])
})

test('C3 a cut line comes back by itself and continues its cursors', async () => {
  const { stage, clock, statuses, seen, commit } = await joined()
  stage.tell('room', ...commit(2))
  stage.close(1006)
  commit(14)
  await clock.advance(600)
  expect(seen).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
  expect(statuses.slice(2).map(({ at }) => at)).toEqual([
    'reconnecting',
    'reconnecting',
    'catching_up',
    'connected',
  ])
})

test('waits grow with full jitter up to 20 s and reset after 30 s of health', async () => {
  const { stage, clock, statuses } = await joined(() => 1)
  stage.dead = true
  const waits: number[] = []
  stage.close(1006)
  for (let turn = 0; turn < 8; turn++) {
    const last = statuses.at(-1)
    if (last?.at === 'reconnecting') waits.push(last.retryAt - clock.now())
    await clock.advance(waits.at(-1) ?? 0)
    stage.close(1006)
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000])
  stage.dead = false
  await clock.advance(20_000)
  await clock.advance(29_000)
  stage.close(1006)
  expect(statuses.at(-1)).toMatchObject({ retryAt: clock.now() + 20_000 })
  await clock.advance(20_000)
  await clock.advance(30_001)
  stage.close(1006)
  expect(statuses.at(-1)).toMatchObject({ retryAt: clock.now() + 500 })
})

test('the server names the wait', async () => {
  const { stage, clock, statuses } = await joined()
  stage.close(4503, 'server is restarting retry_in_ms=7000')
  expect(statuses.at(-1)).toEqual({ at: 'reconnecting', retryAt: clock.now() + 7_000 })
})

test('C5 4401 fetches a new pass, other cuts reuse the one that lives', async () => {
  const { stage, clock } = await joined()
  stage.close(1006)
  await clock.advance(600)
  expect(stage.passes()).toBe(1)
  stage.close(4401)
  await clock.advance(1_000)
  expect(stage.passes()).toBe(2)
  expect(stage.heard.at(-1)).toMatchObject({ t: 'hello', pass: 'pass-2' })
})

test('C5 the pass is renewed over the socket before it expires', async () => {
  const { stage, clock, heard } = await joined()
  for (let second = 0; second < 230; second += 20) {
    await clock.advance(20_000)
    stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: 0 })
  }
  expect(heard('renew')).toMatchObject([{ pass: 'pass-2' }])
  expect(heard('hello')).toHaveLength(1)
})

test.each([
  ['banned', 'banned'],
  ['stream_ended', 'ended'],
  ['not_found', 'refused'],
  ['sign_in', 'refused'],
] as const)('a pass refused with %s is shown as %s', async (code, status) => {
  const { stage, clock, connection, at } = world()
  stage.passAnswer = { ok: false, denial: { code, says: 'no' } }
  connection.start()
  await clock.advance(60_000)
  expect(at()).toBe(status)
  expect(stage.passes()).toBe(1)
})

test('a pass that cannot be had now is asked for again', async () => {
  const { stage, clock, connection, at } = world()
  stage.passAnswer = { ok: false, denial: { code: 'offline', says: 'no' } }
  connection.start()
  await clock.advance(0)
  expect(at()).toBe('reconnecting')
  stage.passAnswer = { ok: false, denial: { code: 'rate_limited', says: 'slow', retryAfterMs: 9_000 } }
  await clock.advance(1_000)
  stage.passAnswer = null
  await clock.advance(8_000)
  expect(at()).toBe('reconnecting')
  await clock.advance(2_000)
  expect(at()).toBe('connected')
})

test('45 s of silence close and resume; a position now and then keeps the line', async () => {
  const { stage, clock, heard } = await joined()
  await clock.advance(40_000)
  stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: 0 })
  await clock.advance(40_000)
  expect(heard('hello')).toHaveLength(1)
  await clock.advance(6_000)
  expect(heard('hello')).toHaveLength(2)
})

test('a page looked at again checks a quiet line at once', async () => {
  const { stage, clock, signals, heard, at } = await joined()
  await clock.advance(20_000)
  signals.give('visible')
  await clock.advance(4_000)
  expect(heard('hello')).toHaveLength(1)
  stage.mute.add('read')
  await clock.advance(20_000)
  signals.give('visible')
  await clock.advance(3_600)
  expect(heard('hello')).toHaveLength(2)
  expect(at()).toBe('connected')
})

test('offline is said at once, probed now and then, and ends with the network', async () => {
  const { stage, clock, signals, at } = await joined()
  stage.dead = true
  await clock.advance(6_000)
  signals.give('offline')
  expect(at()).toBe('offline')
  await clock.advance(3_100)
  stage.close(1006)
  await clock.advance(10_000)
  expect(at()).toBe('offline')
  stage.dead = false
  signals.give('online')
  await clock.advance(0)
  expect(at()).toBe('connected')
})

test('the network that comes back starts the waits anew', async () => {
  const { stage, clock, signals, statuses } = await joined(() => 1)
  stage.dead = true
  for (let turn = 0; turn < 6; turn++) {
    stage.close(1006)
    await clock.advance(20_000)
  }
  signals.give('offline')
  signals.give('online')
  await clock.advance(0)
  stage.close(1006)
  expect(statuses.at(-1)).toEqual({ at: 'reconnecting', retryAt: clock.now() + 500 })
})

test('a browser that is wrong about being offline is corrected by the line', async () => {
  const { clock, signals, at, heard } = await joined()
  await clock.advance(6_000)
  signals.give('offline')
  expect(at()).toBe('offline')
  await clock.advance(10)
  expect(at()).toBe('connected')
  expect(heard('hello')).toHaveLength(1)
})

test('a welcome that never comes is a failed attempt', async () => {
  const { stage, clock, connection, at } = world()
  stage.mute.add('hello')
  connection.start()
  await clock.advance(14_000)
  stage.mute.delete('hello')
  await clock.advance(2_000)
  expect(at()).toBe('connected')
  expect(stage.sockets[0]?.gone).toBe(true)
})

test('a frame that is no JSON ends the line, an unknown one is passed over', async () => {
  const { stage, clock, heard } = await joined()
  stage.push({ t: 'fanfare' } as never)
  expect(stage.sockets[0]?.gone).toBe(false)
  stage.sockets[0]?.onmessage?.({ data: '<html>' })
  await clock.advance(600)
  expect(heard('hello')).toHaveLength(2)
})

test('nothing runs on after stop, not even an answer under way', async () => {
  const { stage, clock, connection, at } = world()
  connection.start()
  connection.stop()
  await clock.advance(60_000)
  expect(at()).toBe('stopped')
  expect(stage.sockets).toHaveLength(0)
  expect(clock.timers()).toBe(0)
})

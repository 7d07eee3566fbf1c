import { expect, test } from 'vitest'
import { joined } from './test/line.ts'

const banned = (more: { retryAfterMs?: number; reason?: string } = {}) =>
  ({ ok: false, denial: { code: 'banned', says: '', ...more } }) as const

test('P7 a closed socket of a banned one asks once for the reason, and no attempt follows', async () => {
  const { stage, clock, statuses } = await joined()
  stage.passAnswer = banned({ reason: 'advertising' })
  stage.close(4403)
  await clock.advance(120_000)
  expect(statuses.slice(-2)).toMatchObject([
    { at: 'banned', until: null, reason: null, known: false },
    { at: 'banned', until: null, reason: 'advertising', known: true },
  ])
  expect([stage.sockets.length, stage.passes()]).toEqual([1, 2])
  expect(clock.timers()).toBe(0)
})

test('P7 a ban for a time says until when and comes back by itself, after the last entry', async () => {
  const { stage, clock, at, statuses, seen, commit, heard } = await joined()
  stage.tell('room', ...commit(1))
  stage.passAnswer = banned({ retryAfterMs: 60_000 })
  stage.close(4403)
  await clock.advance(0)
  expect(statuses.at(-1)).toMatchObject({ at: 'banned', until: clock.now() + 60_000, known: true })
  commit(2)
  stage.passAnswer = null
  await clock.advance(60_000)
  expect([at(), stage.sockets.length]).toEqual(['banned', 1])
  await clock.advance(500)
  expect(at()).toBe('connected')
  expect(heard('hello').at(-1)).toMatchObject({ cursors: [{ log: 'room', seq: 1 }, {}] })
  expect(seen).toEqual([1, 2, 3])
})

test('P7 a ban that was made longer meanwhile is waited for again', async () => {
  const { stage, clock, at } = await joined()
  stage.passAnswer = banned({ retryAfterMs: 60_000 })
  stage.close(4403)
  await clock.advance(61_000)
  expect([at(), stage.passes()]).toEqual(['banned', 3])
  stage.passAnswer = null
  await clock.advance(61_000)
  expect(at()).toBe('connected')
})

test('P7 silence when a ban is over leaves the page as it is and is asked again', async () => {
  const { stage, clock, at, statuses } = await joined()
  stage.passAnswer = banned({ retryAfterMs: 60_000 })
  stage.close(4403)
  await clock.advance(1_000)
  stage.passAnswer = { ok: false, denial: { code: 'offline', says: '' } }
  await clock.advance(70_000)
  expect(at()).toBe('banned')
  stage.passAnswer = null
  await clock.advance(30_000)
  expect(at()).toBe('connected')
  expect(statuses.map((status) => status.at)).not.toContain('reconnecting')
})

test('P7 a server that gives passes and closes sockets is not asked in a circle', async () => {
  const { stage, clock, at, signals } = await joined()
  stage.mute.add('hello')
  stage.close(4403)
  await clock.advance(0)
  expect(stage.sockets).toHaveLength(2)
  stage.close(4403)
  await clock.advance(600_000)
  expect([at(), stage.sockets.length]).toEqual(['banned', 2])
  stage.mute.delete('hello')
  signals.give('visible')
  await clock.advance(0)
  expect([at(), stage.sockets.length]).toEqual(['connected', 3])
})

test('P7 looking at the page again and again asks no oftener than every ten seconds', async () => {
  const { stage, clock, signals } = await joined()
  stage.passAnswer = banned()
  stage.close(4403)
  for (let look = 0; look < 40; look++) {
    await clock.advance(500)
    signals.give('visible')
  }
  expect(stage.passes()).toBe(1 + 3)
})

test('P7 whoever presses the button is asked for at once', async () => {
  const { stage, clock, at, connection } = await joined()
  stage.passAnswer = banned()
  stage.close(4403)
  await clock.advance(1_000)
  stage.passAnswer = null
  connection.check(true)
  await clock.advance(0)
  expect(at()).toBe('connected')
})

test('P7 a press right after the last answer is kept until it may be asked, and presses do not add up', async () => {
  const { stage, clock, at, connection } = await joined()
  stage.passAnswer = banned()
  stage.close(4403)
  await clock.advance(200)
  const asked = stage.passes()
  stage.passAnswer = null
  connection.check(true)
  connection.check(true)
  await clock.advance(799)
  expect([at(), stage.passes()]).toEqual(['banned', asked])
  await clock.advance(1)
  expect([at(), stage.passes()]).toEqual(['connected', asked + 1])
})

test('P7 a second ban right after the first one is asked about too', async () => {
  const { stage, clock, at, statuses, connection } = await joined()
  stage.passAnswer = banned()
  stage.close(4403)
  await clock.advance(5_000)
  stage.passAnswer = null
  connection.check(true)
  await clock.advance(0)
  expect(at()).toBe('connected')
  stage.passAnswer = banned({ reason: 'again' })
  stage.close(4403)
  await clock.advance(0)
  expect(statuses.at(-1)).toMatchObject({ at: 'banned', known: false })
  await clock.advance(10_000)
  expect(statuses.at(-1)).toMatchObject({ at: 'banned', known: true, reason: 'again' })
})

import { expect, test } from 'vitest'
import { joined } from './test/line.ts'

const ADA = { id: 'ada-as-an-account', name: 'Ada', guest: false }

test('C16 somebody else in this browser stops the line: it says who, and goes on when asked', async () => {
  const { stage, clock, statuses, connection, at, heard } = await joined()
  Object.assign(stage.you, ADA)
  stage.guest = false
  stage.close(4401)
  await clock.advance(120_000)
  expect(statuses.at(-1)).toEqual({
    at: 'replaced',
    says: 'You are now Ada in this browser.',
    goOn: 'Go on as Ada',
  })
  expect(heard('hello')).toHaveLength(1)
  expect(clock.timers()).toBe(0)
  connection.goOn()
  await clock.advance(0)
  expect(at()).toBe('connected')
  // The place in the former person's thread is not taken along.
  expect(heard('hello')[1]).toMatchObject({ cursors: [{ log: 'room' }] })
})

test('C16 signed out elsewhere: it says so', async () => {
  const { stage, clock, statuses } = await joined()
  stage.guest = false
  stage.close(1006)
  await clock.advance(600)
  Object.assign(stage.you, { id: 'fresh', name: 'Guest 7' })
  stage.guest = true
  stage.close(4401)
  await clock.advance(1_000)
  expect(statuses.at(-1)).toEqual({
    at: 'replaced',
    says: 'You are signed out in this browser.',
    goOn: 'Go on',
  })
})

test('C16 another guest is named', async () => {
  const { stage, clock, statuses } = await joined()
  Object.assign(stage.you, { id: 'fresh', name: 'Guest 7' })
  stage.close(4401)
  await clock.advance(1_000)
  expect(statuses.at(-1)).toMatchObject({ says: 'You are now Guest 7 in this browser.' })
})

test('C16 a renewal that names another person stops the line as well', async () => {
  const { stage, clock, at, heard } = await joined()
  Object.assign(stage.you, ADA)
  for (let second = 0; second < 230; second += 20) {
    await clock.advance(20_000)
    stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: 0 })
  }
  expect(at()).toBe('replaced')
  expect(heard('renew')).toEqual([])
  expect(stage.sockets[0]?.gone).toBe(true)
})

test('C16 whoever goes on as one and is a third by then is asked again; the network asks nobody', async () => {
  const { stage, clock, statuses, signals, connection, at } = await joined()
  Object.assign(stage.you, ADA)
  stage.close(4401)
  await clock.advance(1_000)
  signals.give('offline')
  signals.give('online')
  signals.give('visible')
  await clock.advance(60_000)
  expect(at()).toBe('replaced')
  Object.assign(stage.you, { id: 'bob', name: 'Bob' })
  connection.goOn()
  await clock.advance(0)
  expect(statuses.at(-1)).toMatchObject({ at: 'replaced' })
  connection.goOn()
  await clock.advance(0)
  expect(at()).toBe('connected')
})

test('C16 a new name of the same person is no other person', async () => {
  const { stage, clock, connection, at } = await joined()
  stage.you.name = 'Grace H.'
  connection.restart()
  await clock.advance(0)
  expect(at()).toBe('connected')
})

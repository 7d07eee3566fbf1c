import { expect, test } from 'vitest'
import { hostedState, untold, type Hosted } from './hosted.ts'

const hosted = (newest: Hosted['newest'], activeAt: number | null = null): Hosted => ({ newest, activeAt })

test('V22 what was heard of a show that was never on air makes no end of it', () => {
  expect(hostedState(hosted('none'))).toBe('idle')
  expect(hostedState(hosted('connected'))).toBe('connecting')
  expect(hostedState(hosted('disconnected'))).toBe('connecting')
  expect(hostedState(hosted('idle'))).toBe('idle')
})

test('V22 a show that was on air reconnects and ends', () => {
  expect(hostedState(hosted('active', 1))).toBe('live')
  expect(hostedState(hosted('disconnected', 1))).toBe('reconnecting')
  expect(hostedState(hosted('connected', 1))).toBe('reconnecting')
  expect(hostedState(hosted('idle', 1))).toBe('ended')
})

test('V22 the room is told what it does not know, the beginning before the end', () => {
  expect(untold(hosted('connected'), 'scheduled')).toEqual([])
  expect(untold(hosted('active', 1), 'scheduled')).toEqual(['live'])
  expect(untold(hosted('active', 1), 'live')).toEqual([])
  expect(untold(hosted('disconnected', 1), 'live')).toEqual([])
  expect(untold(hosted('idle', 1), 'scheduled')).toEqual(['live', 'ended'])
  expect(untold(hosted('idle', 1), 'live')).toEqual(['ended'])
  expect(untold(hosted('idle', 1), 'ended')).toEqual([])
  expect(untold(hosted('active', 1), 'ended')).toEqual([])
})

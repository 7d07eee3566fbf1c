import { expect, test } from 'vitest'
import type { BroadcastState } from './broadcast.ts'
import { healthOf } from './health.ts'

const good: BroadcastState = {
  phase: { at: 'live' },
  liveSince: 0,
  fps: 30,
  kbps: 2_400,
  dropped: 0,
  roundTripMs: 20,
  askedKbps: 2_500,
  server: null,
  encoderFailed: false,
}
const says = (change: Partial<BroadcastState>) => healthOf({ ...good, ...change }, '720p').says

test('each state of a broadcast has its word', () => {
  expect(says({})).toBe('Good')
  expect(says({ phase: { at: 'off' } })).toBe('Not live')
  expect(says({ phase: { at: 'connecting' } })).toBe('Connecting')
  expect(says({ phase: { at: 'reconnecting', since: 0 } })).toBe('Reconnecting')
  expect(says({ kbps: 0 })).toBe('Starting')
  expect(says({ askedKbps: 1_750 })).toBe('Narrow line')
  expect(says({ askedKbps: 1_225 })).toBe('Weak line')
  expect(says({ fps: 12 })).toBe('Few frames')
  expect(says({ roundTripMs: 900 })).toBe('Slow line')
  expect(says({ encoderFailed: true })).toBe('The encoder stopped')
})

test('a narrow line is named before the frames it costs', () => {
  expect(says({ askedKbps: 1_000, fps: 10, roundTripMs: 900 })).toBe('Weak line')
})

import { expect, test } from 'vitest'
import type { BroadcastState } from './broadcast.ts'
import { LOW_OFF } from './low-layer.ts'
import { audienceText, healthOf, sentText } from './health.ts'

const good: BroadcastState = {
  phase: { at: 'live' },
  liveSince: 0,
  fps: 30,
  kbps: 2_400,
  dropped: 0,
  roundTripMs: 20,
  keySeconds: 1,
  askedKbps: 2_500,
  sending: '720p',
  server: null,
  encoderFailed: false,
  low: LOW_OFF,
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

test('V28 a smaller size than chosen is named, with the reason', () => {
  const health = healthOf({ ...good, askedKbps: 2_205, sending: '720p' }, '1080p')
  expect(health.says).toBe('Sending 720p')
  expect(health.more).toMatch(/^Your upload is too slow for 1080p: switched to 720p\./)
})

test('V28 the spread of the audience is said in seconds', () => {
  const delay = { min: 700, p50: 900, p95: 6_000, max: 7_000, samples: 20 }
  expect(audienceText(delay)).toEqual({ says: '0.7 to 6.0 s behind', more: 'measured by 20' })
  expect(audienceText({ ...delay, p95: 720, max: 720 }).says).toBe('0.7 s behind')
  expect(audienceText({ ...delay, p95: 12_400, max: 31_000 })).toEqual({
    says: '0.7 to 12 s behind',
    more: 'measured by 20, the slowest 31 s',
  })
})

test('V37 it is said which pictures go out, and why the small one does not', () => {
  const low = (change: Partial<BroadcastState['low']>) =>
    sentText({ ...good, low: { ...LOW_OFF, wanted: true, ...change } })
  expect(low({ sending: true })).toEqual({ says: '720p + 360p' })
  expect(low({})).toEqual({ says: '720p' })
  expect(low({ why: 'line' }).more).toBe('360p off: your upload is too slow for both')
  expect(low({ why: 'device' }).more).toBe('360p off: this device is too busy for both')
  expect(low({ why: 'refused', says: 'Its clock jumped.' }).more).toBe('Its clock jumped.')
})

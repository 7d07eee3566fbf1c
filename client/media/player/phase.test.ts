import { expect, test } from 'vitest'
import { phaseOf, WORDS, type Facts } from './phase.ts'

const playing: Facts = {
  host: 'live',
  line: 'up',
  picture: 'moving',
  paused: false,
  blocked: false,
  fault: null,
}
const phase = (change: Partial<Facts>) => phaseOf({ ...playing, ...change })

test('each fact has its phase', () => {
  expect(phase({})).toBe('playing')
  expect(phase({ host: 'idle', picture: 'none' })).toBe('waiting')
  expect(phase({ host: 'connecting', picture: 'none' })).toBe('waiting')
  expect(phase({ picture: 'none' })).toBe('starting')
  expect(phase({ picture: 'stalled' })).toBe('stalled')
  expect(phase({ blocked: true, picture: 'stalled' })).toBe('blocked')
  expect(phase({ paused: true, picture: 'stalled' })).toBe('paused')
  expect(phase({ fault: 'unreachable', picture: 'stalled' })).toBe('unreachable')
})

test('as long as the picture moves, a dropped line says nothing', () => {
  expect(phase({ host: 'reconnecting' })).toBe('playing')
  expect(phase({ line: 'lost' })).toBe('playing')
})

test('a standing picture is the host’s outage before it is the viewer’s', () => {
  expect(phase({ host: 'reconnecting', picture: 'stalled', line: 'lost' })).toBe('host_away')
  expect(phase({ picture: 'stalled', line: 'lost' })).toBe('line_lost')
  expect(WORDS.host_away?.title).toBe('The host’s connection dropped; hold on')
})

test('the end is final whatever else is the matter', () => {
  expect(phase({ host: 'ended', paused: true, fault: 'unreachable', blocked: true })).toBe('ended')
})

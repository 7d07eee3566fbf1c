import { expect, test } from 'vitest'
import type { EncodedPacket } from '../../../shared/media.ts'
import { measured, newGate, newPulse, pass, passLow, reopen, shutLow, type Gate } from './gate.ts'

const packet = (track: 'video' | 'audio', ts: number, key = false): EncodedPacket => ({
  track,
  ts,
  dur: 33,
  key,
  bytes: new Uint8Array(1),
})

/** Sends packets through in turn; says which got out, at what time, and how often the line was too long. */
function run(gate: Gate, ...packets: [EncodedPacket, number][]) {
  const out: string[] = []
  let congestions = 0
  for (const [one, waitingMs] of packets) {
    const passing = pass(gate, one, waitingMs)
    gate = passing.gate
    if (passing.packet) out.push(`${one.track} ${passing.packet.ts}`)
    congestions += passing.congested ? 1 : 0
  }
  return { gate, out, congestions }
}

test('a connection starts with a key frame, sound included', () => {
  const { out } = run(
    newGate(),
    [packet('audio', 10), 0],
    [packet('video', 20), 0],
    [packet('video', 30, true), 0],
    [packet('audio', 31), 0],
    [packet('video', 40), 0],
  )
  expect(out).toEqual(['video 30', 'audio 31', 'video 40'])
})

test('a long queue drops video until a key frame finds it short; sound goes on', () => {
  const { out, congestions } = run(
    newGate(),
    [packet('video', 10, true), 0],
    [packet('video', 20), 701],
    [packet('audio', 21), 701],
    [packet('video', 30), 100],
    [packet('video', 40, true), 250],
    [packet('video', 50, true), 150],
    [packet('video', 60), 0],
  )
  expect(out).toEqual(['video 10', 'audio 21', 'video 50', 'video 60'])
  expect(congestions).toBe(1)
})

test('a queue three times too long drops sound as well', () => {
  const { out } = run(newGate(), [packet('video', 10, true), 0], [packet('audio', 20), 2_100])
  expect(out).toEqual(['video 10'])
})

test('time never steps back in a track, also across encoders and connections', () => {
  const first = run(newGate(), [packet('video', 100, true), 0], [packet('audio', 100), 0])
  const second = run(
    reopen(first.gate),
    [packet('video', 99), 0],
    [packet('video', 98, true), 0],
    [packet('audio', 98), 0],
    [packet('video', 130), 0],
  )
  expect(second.out).toEqual(['video 101', 'audio 101', 'video 130'])
})

test('a queue is measured by what the encoders make, and not by what was dropped', () => {
  const open: Gate = { ...newGate(), state: 'open' }
  const sized = (ts: number): EncodedPacket => ({ ...packet('video', ts), bytes: new Uint8Array(2_500) })
  let pulse = newPulse
  for (let ts = 0; ts <= 4_000; ts += 40) pulse = measured(pulse, sized(ts), open)
  expect(pulse.kbps).toBeCloseTo(500, 0)
  for (let ts = 4_000; ts <= 9_000; ts += 40) pulse = measured(pulse, sized(ts), newGate())
  expect(pulse.kbps).toBeCloseTo(500, 0)
})

/** As `run`; the layer first. */
function both(gate: Gate, ...packets: ['main' | 'low', EncodedPacket, number][]) {
  const out: string[] = []
  const congestions: string[] = []
  for (const [layer, one, waitingMs] of packets) {
    const passing = (layer === 'low' ? passLow : pass)(gate, one, waitingMs)
    gate = passing.gate
    if (passing.packet) out.push(`${layer} ${passing.packet.ts}`)
    if (passing.congested) congestions.push(layer)
  }
  return { gate, out, congestions }
}
const video = (ts: number, key = false) => packet('video', ts, key)

test('V37 the small picture starts behind the main one, with a key frame', () => {
  const { out } = both(
    newGate(),
    ['low', video(10, true), 0],
    ['main', video(20, true), 0],
    ['low', video(30), 0],
    ['low', video(40, true), 0],
    ['low', video(50), 0],
  )
  expect(out).toEqual(['main 20', 'low 40', 'low 50'])
})

test('V37 a queue drops the small picture long before the main one, and both where it grows on', () => {
  const { out, congestions } = both(
    newGate(),
    ['main', video(10, true), 0],
    ['low', video(10, true), 0],
    ['main', video(20), 401],
    ['low', video(20), 401],
    ['main', video(30), 600],
    ['low', video(30), 300],
    ['main', video(40), 701],
    ['low', video(50, true), 0],
    ['main', video(60, true), 0],
    ['low', video(70, true), 0],
  )
  expect(out).toEqual(['main 10', 'low 10', 'main 20', 'main 30', 'main 60', 'low 70'])
  expect(congestions).toEqual(['low', 'main'])
})

test('V37 the main key frame of the same moment does not keep the small one out', () => {
  const large: Parameters<typeof both>[1] = ['main', video(10, true), 50]
  expect(both(newGate(), large, ['low', video(10, true), 500]).out).toEqual(['main 10', 'low 10'])
  expect(both(newGate(), large, ['low', video(20, true), 500]).out).toEqual(['main 10'])
})

test('V37 time never steps back in the small picture, and it comes again with a key frame', () => {
  const first = both(newGate(), ['main', video(10, true), 0], ['low', video(100, true), 0])
  const again = both(shutLow(first.gate), ['low', video(98), 0], ['low', video(99, true), 0])
  expect(again.out).toEqual(['low 101'])
})

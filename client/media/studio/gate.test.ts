import { expect, test } from 'vitest'
import type { EncodedPacket } from '../../../shared/media.ts'
import { measured, newGate, newPulse, pass, reopen, type Gate } from './gate.ts'

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

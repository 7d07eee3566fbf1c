// Which packets go out. A line that does not keep up must cost frames, never delay: beyond a bound the video is
// dropped until a key frame finds the queue short again; the small picture goes long before the main one. Pure: the
// caller says how much is waiting.
import type { EncodedPacket } from '../../../shared/media.ts'

export type Gate = {
  /** `closed` until the first key frame of a connection, and while the queue is long. */
  state: 'closed' | 'open'
  lastTs: { video: number; audio: number }
  /** Of the small picture: open only while the main one is. */
  low: { state: 'closed' | 'open'; lastTs: number }
  /** The last key frame of the main picture, and what waited before it. */
  key: { ts: number; waitingMs: number }
}
export type Passing = { gate: Gate; packet: EncodedPacket | null; congested: boolean }

/** Milliseconds of media waiting in the socket. */
const LONG_MS = 700
const SHORT_MS = 200
/** Sound is a twentieth of the bytes and missed the most: it goes on longer. */
const FULL_MS = 3 * LONG_MS

/** The small picture needs a line that takes all at once: a key frame of the main one lies in the queue for a while
 * even where there is room. */
const LOW_LONG_MS = 400

export const newGate = (): Gate => ({
  state: 'closed',
  lastTs: { video: 0, audio: 0 },
  low: { state: 'closed', lastTs: 0 },
  key: { ts: -Infinity, waitingMs: 0 },
})

/** A new connection starts with a key frame; time goes on from where it was. */
export const reopen = (gate: Gate): Gate => shutLow({ ...gate, state: 'closed' })

/** The small picture starts with a key frame when it comes again. */
export const shutLow = (gate: Gate): Gate => ({ ...gate, low: { ...gate.low, state: 'closed' } })

export function pass(gate: Gate, packet: EncodedPacket, waitingMs: number): Passing {
  if (packet.track === 'audio') {
    const fits = waitingMs < FULL_MS && gate.lastTs.video > 0
    return fits ? sent(gate, packet) : { gate, packet: null, congested: false }
  }
  if (gate.state === 'open' && waitingMs > LONG_MS)
    return { gate: reopen(gate), packet: null, congested: true }
  if (gate.state === 'closed' && !(packet.key && waitingMs < SHORT_MS))
    return { gate, packet: null, congested: false }
  const key = packet.key ? { ts: packet.ts, waitingMs } : gate.key
  return sent({ ...gate, state: 'open', key }, packet)
}

/** Of the small picture. Congested: it alone has to go. */
export function passLow(gate: Gate, packet: EncodedPacket, waitingMs: number): Passing {
  // Right behind the main key frame of the same moment, which the line had no time to take yet.
  const ours = packet.key && Math.abs(packet.ts - gate.key.ts) < 1
  const long = (ours ? Math.min(waitingMs, gate.key.waitingMs) : waitingMs) > LOW_LONG_MS
  const { state } = gate.low
  if (gate.state === 'closed' || (state === 'closed' && (long || !packet.key)))
    return { gate, packet: null, congested: false }
  if (long) return { gate: shutLow(gate), packet: null, congested: true }
  const ts = Math.max(packet.ts, gate.low.lastTs + 1)
  const next: Gate = { ...gate, low: { state: 'open', lastTs: ts } }
  return { gate: next, packet: { ...packet, ts }, congested: false }
}

/** Time only moves forward in a track, even when a new encoder starts a little before the old one ended. */
function sent(gate: Gate, packet: EncodedPacket): Passing {
  const ts = Math.max(packet.ts, gate.lastTs[packet.track] + 1)
  const lastTs = { ...gate.lastTs, [packet.track]: ts }
  return { gate: { ...gate, lastTs }, packet: { ...packet, ts }, congested: false }
}

/** What the encoders really make, which is less than what was asked of them when little moves: the measure by
 * which a queue is long. `since` is media time. */
export type Pulse = { kbps: number; since: number; bytes: number }

/** Until something is measured: a queue of 100 kB is then a second long. */
export const newPulse: Pulse = { kbps: 800, since: 0, bytes: 0 }
const LEAST_KBPS = 100
const MEASURE_MS = 1_000

/** Counts while the gate is open: what is dropped would make the stream look thin, and the queue long. */
export function measured(pulse: Pulse, packet: EncodedPacket, gate: Gate): Pulse {
  if (gate.state === 'closed') return { ...pulse, since: packet.ts, bytes: 0 }
  const bytes = pulse.bytes + packet.bytes.byteLength
  const ms = packet.ts - pulse.since
  if (ms < MEASURE_MS) return { ...pulse, bytes }
  return { kbps: Math.max(LEAST_KBPS, (bytes * 8) / ms), since: packet.ts, bytes: 0 }
}

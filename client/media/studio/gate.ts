// Which packets go out. A line that does not keep up must cost frames, never delay: beyond a bound the video is
// dropped until a key frame finds the queue short again. Pure: the caller says how much is waiting.
import type { EncodedPacket } from '../../../shared/media.ts'

export type Gate = {
  /** `closed` until the first key frame of a connection, and while the queue is long. */
  state: 'closed' | 'open'
  lastTs: { video: number; audio: number }
}
export type Passing = { gate: Gate; packet: EncodedPacket | null; congested: boolean }

/** Milliseconds of media waiting in the socket. */
const LONG_MS = 700
const SHORT_MS = 200
/** Sound is a twentieth of the bytes and missed the most: it goes on longer. */
const FULL_MS = 3 * LONG_MS

export const newGate = (): Gate => ({ state: 'closed', lastTs: { video: 0, audio: 0 } })

/** A new connection starts with a key frame; time goes on from where it was. */
export const reopen = (gate: Gate): Gate => ({ ...gate, state: 'closed' })

export function pass(gate: Gate, packet: EncodedPacket, waitingMs: number): Passing {
  if (packet.track === 'audio') {
    const fits = waitingMs < FULL_MS && gate.lastTs.video > 0
    return fits ? sent(gate, packet) : { gate, packet: null, congested: false }
  }
  if (gate.state === 'open' && waitingMs > LONG_MS)
    return { gate: { ...gate, state: 'closed' }, packet: null, congested: true }
  if (gate.state === 'closed' && !(packet.key && waitingMs < SHORT_MS))
    return { gate, packet: null, congested: false }
  return sent({ ...gate, state: 'open' }, packet)
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

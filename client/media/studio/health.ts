// How the broadcast is doing, in words a host can act on. Pure.
import type { DelaySpread } from '../../../shared/api/streams.ts'
import type { BroadcastState } from './broadcast.ts'
import type { LowWhy } from './low.ts'
import { LOW, QUALITIES, type QualityName } from './quality.ts'

export type Health = { tone: 'good' | 'warn' | 'bad' | 'quiet'; says: string; more?: string }

const SLOW_LINE_MS = 400

/** Ordered by how much the viewers notice. */
export function healthOf(broadcast: BroadcastState, quality: QualityName): Health {
  const { phase, fps, kbps, askedKbps, sending, roundTripMs, encoderFailed } = broadcast
  const wanted = QUALITIES[quality]
  if (phase.at === 'off' || phase.at === 'over') return { tone: 'quiet', says: 'Not live' }
  if (encoderFailed)
    return {
      tone: 'bad',
      says: 'The encoder stopped',
      more: 'Choose a lower quality, or end and go live again.',
    }
  if (phase.at === 'reconnecting')
    return { tone: 'bad', says: 'Reconnecting', more: 'Your line dropped. Viewers see a notice and wait.' }
  if (phase.at === 'connecting') return { tone: 'quiet', says: 'Connecting' }
  if (kbps === 0) return { tone: 'quiet', says: 'Starting' }
  if (sending !== quality)
    return {
      tone: 'warn',
      says: `Sending ${sending}`,
      more: `Your upload is too slow for ${quality}: switched to ${sending}. It goes back by itself when the line allows.`,
    }
  if (askedKbps < wanted.kbps * 0.6)
    return { tone: 'bad', says: 'Weak line', more: 'The picture is coarser to keep it flowing.' }
  if (askedKbps < wanted.kbps)
    return { tone: 'warn', says: 'Narrow line', more: 'The bitrate was lowered a little.' }
  if (fps < wanted.fps * 0.6)
    return { tone: 'warn', says: 'Few frames', more: 'This device may be too slow for the quality chosen.' }
  if (roundTripMs !== null && roundTripMs > SLOW_LINE_MS)
    return { tone: 'warn', says: 'Slow line', more: 'Viewers are further behind than they need to be.' }
  return { tone: 'good', says: 'Good' }
}

const SMALL = `${LOW.height}p`
const WHY: Record<Exclude<LowWhy, 'refused'>, string> = {
  line: 'your upload is too slow for both',
  device: 'this device is too busy for both',
  failed: 'this device does not encode two pictures at once',
  size: 'the picture is small already',
}

/** Which pictures go out, and why the small one the host wants does not. */
export function sentText({ sending, low }: BroadcastState): { says: string; more?: string } {
  if (low.sending) return { says: `${sending} + ${SMALL}` }
  if (!low.why) return { says: sending }
  if (low.why === 'refused') return { says: sending, more: low.says ?? 'The server does not take it.' }
  return { says: sending, more: `${SMALL} off: ${WHY[low.why]}` }
}

/** How far the audience is behind, as far as it measures: its own fastest to all but its slowest twentieth. */
export function audienceText({ min, p95, max, samples }: DelaySpread): { says: string; more: string } {
  const [least, most] = [seconds(min), seconds(p95)]
  const says = least === most ? `${most} s behind` : `${least} to ${most} s behind`
  const slowest = max > 2 * p95 ? `, the slowest ${seconds(max)} s` : ''
  return { says, more: `measured by ${samples}${slowest}` }
}

const seconds = (ms: number): string => (ms < 9_950 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000)))

// Several recordings of one stream as one: where a place of the whole lies. Pure. Milliseconds of what plays.
import type { Recording } from '../../../shared/api/recordings.ts'

export type Clip = Pick<Recording, 'id' | 'startedAt' | 'durationMs' | 'hls' | 'expiresAt'>
export type Place = { index: number; ms: number }

export const totalMs = (clips: readonly Pick<Clip, 'durationMs'>[]): number =>
  clips.reduce((sum, { durationMs }) => sum + durationMs, 0)

/** Where clip `index` begins. */
export const offsetOf = (clips: readonly Pick<Clip, 'durationMs'>[], index: number): number =>
  totalMs(clips.slice(0, index))

/** The clip that plays at `at`; beyond the end, the end of the last one. */
export function locate(clips: readonly Pick<Clip, 'durationMs'>[], at: number): Place {
  let left = Math.max(0, at)
  for (const [index, { durationMs }] of clips.entries()) {
    if (left < durationMs) return { index, ms: left }
    if (index === clips.length - 1) return { index, ms: durationMs }
    left -= durationMs
  }
  return { index: 0, ms: 0 }
}

/** The clip that shows a moment, and else the first one after it, and else the last. A clip can be longer by the
 * clock than what plays of it: its gaps do not count. */
export function clipAt(clips: readonly Pick<Clip, 'startedAt'>[], date: number): number {
  const after = clips.findIndex(({ startedAt }) => startedAt > date)
  if (after < 0) return Math.max(0, clips.length - 1)
  return Math.max(0, after - 1)
}

// Where media time lies on the server's clock. Every generation (init) brings its own zero; the first one's is
// the zero of the player's timeline and later ones are shifted onto it, so that position and server time differ
// by one constant however often the host's connection drops.
import type { PushHears } from '../../../shared/media.ts'

export type Init = Omit<Extract<PushHears, { t: 'init' }>, 't'>
export type Timeline = { zeroMs: number; kinds: string; offset: number }
/** `fresh`: the buffers cannot go on, start over with new ones. */
export type Placed = { fresh: boolean; timeline: Timeline }

/** A buffer can take another init only when that has the same kinds of tracks. */
function kindsOf(codecs: string): string {
  const kinds = codecs.split(',').map((codec) => (/^\s*(mp4a|opus)/i.test(codec) ? 'audio' : 'video'))
  return kinds.sort().join('+')
}

export function place(timeline: Timeline | null, init: Init): Placed {
  const kinds = kindsOf(init.codecs)
  const offset = timeline ? (init.epochMs - timeline.zeroMs) / 1000 : 0
  // An epoch before the last one would put live frames behind old ones.
  if (!timeline || timeline.kinds !== kinds || offset < timeline.offset)
    return { fresh: true, timeline: { zeroMs: init.epochMs, kinds, offset: 0 } }
  return { fresh: false, timeline: { ...timeline, offset } }
}

/** Server clock minus ours. A sample is late by the way it travelled, so the largest of them is the truest. */
export function offsetMs(best: number | null, serverNow: number, now: number): number {
  const sample = serverNow - now
  return best === null ? sample : Math.max(best, sample)
}

/** From the camera to this screen, in milliseconds. `position` is seconds of the timeline. */
export function latencyMs(timeline: Timeline, position: number, now: number, clockOffset: number): number {
  return Math.max(0, Math.round(now + clockOffset - timeline.zeroMs - position * 1000))
}

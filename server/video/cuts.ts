// Where media is cut. Chunks are what is pushed, parts and segments what HLS serves: a part is whole chunks, a
// segment whole parts. Pure; decided by the leading track alone (video, or audio when there is none).

/** How much the open segment, part and chunk hold, in milliseconds of the leading track. */
export type Fill = { segment: number; part: number; chunk: number }
/** What comes after the sample: a key frame, another frame, or sound, which can start anything anywhere. */
export type Next = 'key' | 'delta' | 'sound'
export type Cut = 'segment' | 'part' | 'chunk' | null

/** Promised in every playlist, so constant. Rounded to seconds no segment is longer. A player without parts plays
 * three of these behind: each second here is three seconds of its delay. */
export const TARGET_DURATION_S = 1
/** Half of a one-second group of pictures, and room for one frame more: parts end at a frame, and a frame of
 * jitter must not leave a runt behind. */
export const PART_TARGET_MS = 550
/** At least 85 % of the target is asked of a part; this is 87 %, and 12 frames of 25 per second. */
const PART_GOAL_MS = 479
const CHUNK_GOAL_MS = 95
/** Key frames closer together than this share a chunk: every chunk goes to every viewer. */
const CHUNK_LEAST_MS = 10
/** A key frame each second with its jitter. */
export const SEGMENT_GOAL_MS = 900
/** 1.499 s still rounds to the target duration. A group of pictures that is longer is cut without a key frame:
 * who is watching sees no difference, who joins by HLS waits for the next key frame. */
export const SEGMENT_MOST_MS = 1_450

/** A cut that must come before a sample of this duration, lest a promise is broken. */
export function cutBefore(fill: Fill, ms: number): Cut {
  if (fill.segment > 0 && fill.segment + ms > SEGMENT_MOST_MS) return 'segment'
  return fill.part > 0 && fill.part + ms > PART_TARGET_MS ? 'part' : null
}

/** A cut that may come now: as soon as enough is there, since everything held back is latency. */
export function cutAfter(fill: Fill, next: Next): Cut {
  if (next !== 'delta' && fill.segment >= SEGMENT_GOAL_MS) return 'segment'
  if (fill.part >= PART_GOAL_MS) return 'part'
  // The newest group of pictures is what a viewer who joins is given: it starts a chunk of its own.
  return fill.chunk >= (next === 'key' ? CHUNK_LEAST_MS : CHUNK_GOAL_MS) ? 'chunk' : null
}

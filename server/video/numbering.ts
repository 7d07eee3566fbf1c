// The number of a show's first segment. A show that goes on with a stream after its node died, or at another node,
// knows nothing of the numbers that players saw before, and a playlist whose numbers go back is broken for them.
// Numbers that grow with the age of the stream, and faster than segments are made, are behind all of those.

/** Shorter than any segment that was not broken off. */
const LEAST_SEGMENT_MS = 800
/** For those that were, and for what was there before the stream was called live. */
const MORE = 10

/** `startedAt`: when the stream went live for the first time, Unix milliseconds; null when it never did. */
export const firstSegment = (startedAt: number | null, now: number): number =>
  startedAt === null ? 0 : MORE + Math.ceil(Math.max(0, now - startedAt) / LEAST_SEGMENT_MS)

// Whether the small picture is sent beside the main one. It must never cost the main picture anything: it is the
// first thing to go when the line or the device is too slow, and comes back only after a calm while, each time it
// failed a longer one. Pure: the caller knows the time.
export type LowWhy = 'line' | 'device' | 'failed' | 'refused' | 'size'
export type Low = {
  on: boolean
  /** Why it is off; null while it is on, and before anything was wrong. */
  why: LowWhy | null
  /** On: since then. Off: the last time something was wrong. */
  since: number
  /** Calm that must pass before it is tried. */
  waitMs: number
  /** How often it went off soon after it came. */
  fails: number
  /** The line was too slow for it, once. */
  lineAt: number
  /** Seconds in a row in which the device did not keep up. */
  slowFor: number
  /** Frames a second that the main picture has without this one. */
  alone: number
}

/** What one second of broadcasting looked like. */
export type LowSecond = {
  /** Frames per second asked of the encoders, and what each gave. */
  fps: number
  made: { main: number; low: number }
  /** Frames that lay in the encoder of the main picture all the second. */
  behind: number
  /** The main picture has all the bits it was given when it was chosen. */
  full: boolean
}

/** After going live, so that the main picture comes first. */
const FIRST_MS = 2_000
const RETRY_MS = 20_000
const LONGEST_MS = 10 * 60_000
/** Whoever stayed on this long did not fail. */
const STAYED_MS = 3 * 60_000
/** One burst in this time is a hiccup, two are a line too slow. */
const PERSISTS_MS = 10_000
/** Encoders that have just begun are not judged. */
const SETTLE_MS = 4_000
const SLOW_SECONDS = 3
/** Of the frames asked for: what a device gives that has room for a second encoder. */
const LEAST_ALONE = 0.7
/** Of what the main picture had alone. */
const LEAST_BESIDE = 0.8
/** Of the main picture's. */
const LEAST_LOW = 0.6
const MOST_BEHIND = 4

export const newLow = (now: number): Low => ({
  on: false,
  why: null,
  since: now,
  waitMs: FIRST_MS,
  fails: 0,
  lineAt: -Infinity,
  slowFor: 0,
  alone: 0,
})

/** Off at once. What the server refused, or what would not be smaller, is not tried again. */
export function without(low: Low, why: LowWhy, now: number): Low {
  const fails = low.on && now - low.since >= STAYED_MS ? 0 : low.fails
  const final = why === 'refused' || why === 'size' || low.waitMs === Infinity
  const waitMs = final ? Infinity : Math.min(LONGEST_MS, RETRY_MS * 2 ** fails)
  return { ...low, on: false, why, since: now, waitMs, fails: fails + 1, slowFor: 0 }
}

/** Pictures of this layer were dropped, because the line took no more. */
export function crowded(low: Low, layer: 'main' | 'low', now: number): Low {
  if (!low.on) return { ...low, since: now }
  const again = now - low.lineAt < PERSISTS_MS
  return layer === 'main' || again ? without(low, 'line', now) : { ...low, lineAt: now }
}

/** Once a second while the picture goes out. */
export function lowSecond(low: Low, seen: LowSecond, now: number): Low {
  const { main } = seen.made
  const stuck = seen.behind > MOST_BEHIND
  if (low.on) {
    if (now - low.since < SETTLE_MS) return low
    const slow = stuck || main < LEAST_BESIDE * low.alone || seen.made.low < LEAST_LOW * main
    const slowFor = slow ? low.slowFor + 1 : 0
    return slowFor < SLOW_SECONDS ? { ...low, slowFor } : without(low, 'device', now)
  }
  if (low.waitMs === Infinity) return low
  // A page that was held up counts the frames of two seconds in one.
  const alone = Math.min(seen.fps, Math.max(main, 0.9 * low.alone))
  return tried({ ...low, alone }, seen, stuck, now)
}

function tried(low: Low, seen: LowSecond, stuck: boolean, now: number): Low {
  const slow = stuck || seen.made.main < LEAST_ALONE * seen.fps
  // A main picture that has not all it should have leaves nothing for a second one.
  if (!seen.full) return { ...low, why: 'line', since: now, slowFor: 0 }
  const slowFor = slow ? low.slowFor + 1 : 0
  if (slowFor >= SLOW_SECONDS) return { ...low, why: 'device', since: now, slowFor }
  if (slow || now - low.since < low.waitMs) return { ...low, slowFor }
  return { ...low, on: true, why: null, since: now, lineAt: -Infinity, slowFor: 0 }
}

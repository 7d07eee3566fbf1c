// How close to the live edge to play. Pure: buffered ranges and position in, a speed or a jump out.
// Times in seconds of the media timeline.

export type Span = { start: number; end: number }
export type Pace = {
  /** How far behind the newest frame to play. Grows when playback stalls, shrinks again in calm. */
  target: number
  rate: number
  calmSince: number
}
export type Move = { kind: 'none' } | { kind: 'jump'; to: number } | { kind: 'rate'; rate: number }

const FLOOR = 0.35
const CEILING = 1.6
const NARROW = 1.5
/** A chunk or two less than the target is near enough to begin with. */
const ENOUGH = 0.2
/** Beyond the target plus this, catching up by speed would take half a minute: jump. */
const JUMP_BEHIND = 2
/** Faster than this is heard as a higher pitch by some ears; slower than the lower one as a drag. */
const FAST = 1.08
const SLOW = 0.96
const CALM_MS = 20_000

export const newPace = (now: number): Pace => ({ target: FLOOR, rate: 1, calmSince: now })

/** A stall: play further back, so that the same hiccup does not stall again. */
export function stalled(pace: Pace, now: number): Pace {
  return { ...pace, target: Math.min(CEILING, pace.target * 1.4), calmSince: now }
}

/** The line has become narrow: large pictures are longer on their way than small ones, and
 * what was sent in another size takes its share of the line until it is through. */
export function narrowed(pace: Pace, now: number): Pace {
  return { ...pace, target: Math.max(pace.target, NARROW), calmSince: now }
}

/** Gives back what stalls took, one step per calm stretch. */
export function calmed(pace: Pace, now: number): Pace {
  if (pace.target <= FLOOR || now - pace.calmSince < CALM_MS) return pace
  return { ...pace, target: Math.max(FLOOR, pace.target / 1.2), calmSince: now }
}

/** `standing`: for want of media; what is left before a hole is then too little for the decoder to go on with. */
export function decide(pace: Pace, position: number, spans: readonly Span[], standing = false): Move {
  const live = spans.at(-1)
  if (!live) return { kind: 'none' }
  const lag = live.end - position
  const edge = Math.max(live.start, live.end - pace.target)
  if (lag > pace.target + JUMP_BEHIND || lag < -0.1) return { kind: 'jump', to: edge }
  if (position < live.start) {
    // Across a hole nothing plays by itself; what is left before the hole plays out first.
    const rest = !standing && spans.some((span) => position >= span.start && position < span.end - 0.05)
    // The picture stands already: rather a moment longer than once more.
    const enough = live.end - live.start >= pace.target - ENOUGH
    return rest || !enough ? { kind: 'none' } : { kind: 'jump', to: edge }
  }
  const rate = rateFor(pace, lag)
  return rate === pace.rate ? { kind: 'none' } : { kind: 'rate', rate }
}

/** With hysteresis: once away from the target, correct until it is met, not until the band is. */
function rateFor(pace: Pace, lag: number): number {
  if (lag > pace.target + 0.2) return FAST
  if (lag < pace.target * 0.4) return SLOW
  if (pace.rate === FAST) return lag > pace.target + 0.02 ? FAST : 1
  if (pace.rate === SLOW) return lag < pace.target * 0.8 ? SLOW : 1
  return 1
}

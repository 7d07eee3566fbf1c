// Which of two sizes of the picture the line carries, by what the player itself measures. Pure. Down is quick, since
// a stall is seen; up waits for calm, and longer after each try that failed. Times in milliseconds.
import type { Layer } from '../../../shared/media.ts'

export type Rung = {
  layer: Layer
  since: number
  /** It is on `main` again after having been down. */
  tried: boolean
  /** As much calm as the next try of `main` wants. */
  calmMs: number
  calmSince: number
  /** How late chunks come when the line is free; null: none came yet. Only differences to it mean something: what
   * encoders and clocks add is in all of them. */
  best: number | null
  lastAt: number
  over: number
  lateSince: number | null
  /** The picture stood still, and it is not known yet whether for want of a line. */
  stall: { at: number; heardAt: number | null } | null
  /** When a stall or a cut line was last put down to chance. */
  excusedAt: number
}

/** Later than the best by this, for so long: the line carries less than is sent. */
const LATE_MS = 1_000
const LATE_FOR_MS = 2_000
/** Later than this is not calm, and makes a stall one of the line. */
const UNEASY_MS = 500
/** When a host's own line hangs, all that was missing comes at once behind it; on a slow one it goes on coming late. */
const JUDGE_MS = 500
/** Chance does not strike twice within this. */
const EXCUSE_MS = 30_000
/** A worse best is believed this slowly (of elapsed time): clocks and encoders drift. */
const FORGET = 0.002
const FIRST_CALM_MS = 20_000
const MOST_CALM_MS = 300_000
/** Down again within this: the try has failed. Beyond the other: an old failure says nothing any more. */
const FAILED_MS = 60_000
const PROVEN_MS = 300_000
/** Sockets closed by the server for being read too slowly, or by its transport, without a word. */
const TOO_SLOW = 4408
const ABNORMAL = 1006

/** `slow`: what the browser knows of the network. `saving`: who watches asked it to load little, so calm is no reason
 * to load more. */
export type Network = 'fast' | 'slow' | 'saving'

export const newRung = (now: number, network: Network): Rung => ({
  layer: network === 'fast' ? 'main' : 'low',
  since: now,
  tried: false,
  calmMs: network === 'saving' ? Infinity : FIRST_CALM_MS,
  calmSince: now,
  ...fresh,
  lastAt: now,
  excusedAt: -Infinity,
})
const fresh = { best: null, over: 0, lateSince: null, stall: null } as const

/** Another beginning (an init, a tab that is in front again): nothing measured before it counts. */
export const begun = (rung: Rung, now: number): Rung => ({ ...rung, ...fresh, calmSince: now })

/** A chunk came, `lateMs` after what it ends with was filmed, on whatever clock. */
export function arrived(rung: Rung, lateMs: number, now: number): Rung {
  const best = rung.best === null ? lateMs : Math.min(lateMs, rung.best + (now - rung.lastAt) * FORGET)
  const over = lateMs - best
  const next: Rung = { ...rung, best, over, lastAt: now }
  if (over > UNEASY_MS) next.calmSince = now
  next.lateSince = over > LATE_MS ? (rung.lateSince ?? now) : null
  if (next.lateSince !== null && now - next.lateSince >= LATE_FOR_MS) return down(next, now)
  if (!rung.stall) return next
  const heardAt = rung.stall.heardAt ?? now
  if (now - heardAt < JUDGE_MS) return { ...next, stall: { ...rung.stall, heardAt } }
  return over > UNEASY_MS ? down(next, now) : excuse({ ...next, stall: null }, rung.stall.at)
}

/** What was sent so far is still on its way. */
export const uneasy = (rung: Rung): boolean => rung.stall !== null || rung.over > UNEASY_MS

/** The picture stands still for want of media, though its host sends. */
export const stalled = (rung: Rung, now: number): Rung => ({
  ...rung,
  calmSince: now,
  stall: rung.stall ?? { at: now, heardAt: null },
})

/** The socket was closed from outside, by this code, or given up because it was silent: null. */
export function cut(rung: Rung, code: number | null, now: number): Rung {
  if (code === TOO_SLOW) return down(rung, now)
  if (code !== null && code !== ABNORMAL) return rung
  // Silence may be the host's.
  if (code !== null && uneasy(rung)) return down(rung, now)
  return excuse({ ...rung, calmSince: now }, now)
}

/** Asked now and then: whether it has been calm for long enough. */
export function ticked(rung: Rung, now: number): Rung {
  if (rung.layer === 'main' || rung.stall || now - rung.calmSince < rung.calmMs) return rung
  return { ...begun(rung, now), layer: 'main', since: now, tried: true }
}

function excuse(rung: Rung, at: number): Rung {
  return at - rung.excusedAt < EXCUSE_MS ? down(rung, at) : { ...rung, excusedAt: at }
}

function down(rung: Rung, now: number): Rung {
  if (rung.layer === 'low') return { ...rung, stall: null, lateSince: null, calmSince: now }
  const held = now - rung.since
  const failed = rung.tried && held < FAILED_MS
  const calmMs = failed
    ? Math.min(rung.calmMs * 2, MOST_CALM_MS)
    : held > PROVEN_MS
      ? FIRST_CALM_MS
      : rung.calmMs
  return { ...begun(rung, now), layer: 'low', since: now, calmMs, excusedAt: -Infinity }
}

// From what was asked for to what k6 does when.
import type { Plan, Seat } from './k6/lines.ts'
import type { Options } from './options.ts'

/** Sockets on one event loop of k6, until there are as many loops as are useful. */
const SOCKETS_PER_VU = 50
const MAX_VUS = 64
const GO_LIVE_MS = 30_000
const JOINS_PER_SECOND = 200

export function planOf(options: Options, made: { slug: string; mark: string; host: Seat | null }): Plan {
  const { scenario, viewers, rate, seconds } = options
  const vus = Math.min(MAX_VUS, Math.ceil(viewers / SOCKETS_PER_VU))
  const rampMs =
    scenario === 'go-live' ? GO_LIVE_MS : Math.max(1_000, Math.ceil(viewers / JOINS_PER_SECOND) * 1_000)
  // When everyone arrives at once the talk has begun before them; otherwise it waits until they are there.
  const talkFromMs = scenario === 'go-live' ? 2_000 : rampMs + 1_000
  const talkToMs = Math.max(talkFromMs + seconds * 1_000, scenario === 'go-live' ? rampMs + 3_000 : 0)
  const third = (talkToMs - talkFromMs) / 3
  return {
    scenario,
    ...made,
    viewers,
    vus,
    rate,
    rampMs,
    talkFromMs,
    talkToMs,
    cutsAtMs: scenario === 'reconnect-storm' ? [talkFromMs + third, talkFromMs + 2 * third] : [],
  }
}

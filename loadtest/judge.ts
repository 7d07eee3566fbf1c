// From what was measured to a verdict, threshold by threshold.
import type { Second, Tally } from './tally.ts'
import { THRESHOLDS } from './thresholds.ts'

export type Check = { what: string; limit: string; value: string; holds: boolean }

/** The figures of a run that thresholds and sheet are made from. */
export type Measured = {
  cutShort: boolean
  wanted: number
  totals: ReturnType<Tally['totals']>
  expected: number
  latency: ReturnType<Tally['percentiles']>
  seconds: Second[]
  /** Only in a soak. */
  drift: Drift | null
  generator: Generator
  scenario: Tally['plan']['scenario']
}
export type Drift = {
  /** Median of the first and the last tenth after the warm-up; null when unknown. */
  rss: { first: number; last: number } | null
  p99: { first: number; last: number } | null
}
/** Who used the machine while people talked, in cores: null when unknown. `serverCores` only when it is on it. */
export type Generator = {
  k6Cores: number | null
  serverCores: number | null
  idleCores: number | null
  cores: number
  /** How late k6's timers were at worst, in the median second. */
  lagMs: number
}

export function measure(tally: Tally, cutShort: boolean, cores: number): Measured {
  const seconds = tally.seconds()
  const { plan } = tally
  const talking = seconds.filter(
    ({ second }) => second * 1_000 >= plan.talkFromMs && second * 1_000 < plan.talkToMs,
  )
  return {
    cutShort,
    scenario: plan.scenario,
    wanted: plan.viewers,
    totals: tally.totals(),
    expected: tally.expected(cutShort),
    latency: tally.percentiles(),
    seconds,
    drift: plan.scenario === 'soak' ? driftOf(tally, talking) : null,
    generator: {
      k6Cores: median(talking.map((second) => second.k6Cores)),
      serverCores: median(talking.map((second) => second.serverCores)),
      idleCores: median(talking.map((second) => second.idleCores)),
      cores,
      lagMs: median(talking.map((second) => second.lagMs)) ?? 0,
    },
  }
}

function driftOf(tally: Tally, talking: readonly Second[]): Drift {
  const warm = talking.slice(Math.floor(talking.length * THRESHOLDS.warmUpShare))
  const tenth = Math.max(1, Math.floor(warm.length / 10))
  const rssOf = (part: readonly Second[]) => median(part.map((second) => second.serverRssBytes))
  const [rssFirst, rssLast] = [rssOf(warm.slice(0, tenth)), rssOf(warm.slice(-tenth))]
  const { talkFromMs, talkToMs } = tally.plan
  const quarter = (talkToMs - talkFromMs) / 4
  // The first quarter is the warm-up.
  const p99First = tally.latencyBetween(talkFromMs + quarter, talkFromMs + 2 * quarter)
  const p99Last = tally.latencyBetween(talkToMs - quarter, talkToMs)
  return {
    rss: rssFirst !== null && rssLast !== null ? { first: rssFirst, last: rssLast } : null,
    p99: p99First && p99Last ? { first: p99First.p99, last: p99Last.p99 } : null,
  }
}

export function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? null
}

export const errorsIn = (totals: Measured['totals']): number =>
  Object.values(totals.errors).reduce((sum, count) => sum + count, 0)

const percent = (share: number, digits = 2) => `${(share * 100).toFixed(digits)} %`
/** Never rounded up to the whole: 99.999 % is not everything. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return 'nothing was due'
  const share = part / whole
  return share < 1 && share > 0.9999 ? `${(Math.floor(share * 1e6) / 1e4).toFixed(4)} %` : percent(share)
}

export function judge(measured: Measured): Check[] {
  const { totals, expected, latency, scenario, drift, wanted } = measured
  const checks: Check[] = []
  const check = (what: string, limit: string, value: string, holds: boolean) =>
    checks.push({ what, limit, value, holds })

  check('connected', `${wanted}`, `${totals.joined}`, totals.joined === wanted)
  const share = expected > 0 ? totals.seen / expected : 0
  check(
    'delivered share',
    percent(THRESHOLDS.deliveredShare, 0),
    `${shareOf(totals.seen, expected)} (${totals.seen} of ${expected})`,
    share >= THRESHOLDS.deliveredShare,
  )
  const p95 = latency.latency?.p95
  check(
    'delivery p95',
    `< ${THRESHOLDS.deliveryP95Ms} ms`,
    p95 === undefined ? 'nothing was delivered' : `${p95.toFixed(1)} ms`,
    p95 !== undefined && p95 < THRESHOLDS.deliveryP95Ms,
  )
  const attempts = totals.connects + totals.sent
  const errors = errorsIn(totals)
  check(
    'errors',
    `< ${percent(THRESHOLDS.errorShare, 1)}`,
    `${attempts === 0 ? 'nothing was tried' : percent(errors / attempts)} (${errors} of ${attempts})`,
    attempts > 0 && errors / attempts < THRESHOLDS.errorShare,
  )
  check(
    'foreign private frames',
    `${THRESHOLDS.foreign}`,
    `${totals.foreign}`,
    totals.foreign <= THRESHOLDS.foreign,
  )
  if (scenario === 'private')
    check(
      'private messages read',
      percent(THRESHOLDS.deliveredShare, 0),
      `${shareOf(totals.whispersRead, totals.whispers)} (${totals.whispersRead} of ${totals.whispers})`,
      totals.whispers > 0 && totals.whispersRead >= totals.whispers,
    )
  if (scenario === 'reactions')
    check(
      'reactions counted',
      percent(1, 0),
      `${shareOf(totals.reactsTold, totals.reacts)} (${totals.reactsTold} of ${totals.reacts})`,
      totals.reacts > 0 && totals.reactsTold === totals.reacts,
    )
  if (scenario === 'reconnect-storm') {
    const back = totals.resumed + totals.replaced
    check(
      'resumed without a hole',
      percent(THRESHOLDS.resumedShare, 0),
      `${shareOf(totals.resumed, back)} (${totals.resumed} of ${back})`,
      back > 0 && totals.resumed / back >= THRESHOLDS.resumedShare,
    )
  }
  if (drift) checks.push(...driftChecks(drift))
  return checks
}

function driftChecks({ rss, p99 }: Drift): Check[] {
  const growth = rss ? rss.last / rss.first - 1 : null
  const allowed = p99
    ? Math.max(p99.first * (1 + THRESHOLDS.p99Growth), p99.first + THRESHOLDS.p99GrowthMs)
    : 0
  return [
    {
      what: 'memory growth',
      limit: `<= ${percent(THRESHOLDS.rssGrowth, 0)}`,
      // A soak of a server that cannot be looked into is judged by the rest.
      value: growth === null ? 'unknown: give --pid' : percent(growth),
      holds: growth === null || growth <= THRESHOLDS.rssGrowth,
    },
    {
      what: 'p99 at the end',
      limit: `<= ${allowed.toFixed(1)} ms`,
      value: p99 ? `${p99.last.toFixed(1)} ms, ${p99.first.toFixed(1)} ms at first` : 'nothing was delivered',
      holds: p99 !== null && p99.last <= allowed,
    },
  ]
}

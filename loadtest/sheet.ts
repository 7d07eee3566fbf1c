// What a run shows on the terminal: the figures, then each threshold, then the verdict.
import { errorsIn, median, shareOf, type Check, type Generator, type Measured } from './judge.ts'
import type { Percentiles } from './tally.ts'

/** k6 was short of CPU when it used so much of what the server left it. */
const BUSY = 0.9
/** Cores that are used by neither side are noise below this. */
const OTHERS = 0.3
/** Its event loops were behind for so long in an average second. */
const LATE_MS = 100

export function sheetOf(measured: Measured, checks: readonly Check[]): string[] {
  const width = Math.max(
    ...checks.map(({ what }) => what.length),
    ...figuresOf(measured).map(([name]) => name.length),
  )
  return [
    '',
    ...figuresOf(measured).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    ...checks.map(
      ({ what, limit, value, holds }) =>
        `  ${what.padEnd(width)}  ${holds ? 'ok  ' : 'FAIL'}  ${value}, must be ${limit}`,
    ),
    ...hintsOf(measured).map((hint) => `  ! ${hint}`),
    '',
    verdictOf(measured, checks),
  ]
}

export function verdictOf(measured: Measured, checks: readonly Check[]): 'PASS' | 'FAIL' | 'CUT SHORT' {
  if (measured.cutShort) return 'CUT SHORT'
  return checks.every(({ holds }) => holds) ? 'PASS' : 'FAIL'
}

export function figuresOf(measured: Measured): [name: string, value: string][] {
  const { totals, latency, seconds, wanted, expected, generator } = measured
  const servers = seconds.map(({ serverCores }) => serverCores)
  const rss = seconds.flatMap(({ serverRssBytes }) => serverRssBytes ?? [])
  const cpu = median(servers)
  const errors = Object.entries(totals.errors)
  return [
    ['connected', `${totals.joined} of ${wanted}${after(latency.joins, 'joined in')}`],
    ['delivered share', `${shareOf(totals.seen, expected)}: ${totals.seen} of ${expected} entries`],
    ['delivery', triple(latency.latency)],
    ['answers', `${totals.acked} of ${totals.sent}, ${triple(latency.acks)}`],
    ['errors', errors.length === 0 ? 'none' : `${errorsIn(totals)}: ${listed(errors)}`],
    [
      'resume',
      totals.resumed + totals.replaced === 0
        ? 'nobody came back'
        : `${totals.resumed} complete, ${totals.replaced} by snapshot${after(latency.resumes, 'back in')}`,
    ],
    [
      'foreign private frames',
      totals.framesInspected === 0
        ? 'none was private'
        : `${totals.foreign} of ${totals.framesInspected} inspected, while ${totals.whispers} were whispered`,
    ],
    [
      'server CPU and memory',
      cpu === null
        ? 'unknown: give --pid when it runs on this machine'
        : `${cpu.toFixed(2)} cores, ${mib(Math.max(...rss))} at most`,
    ],
    [
      'k6',
      generator.k6Cores === null
        ? 'its CPU is unknown on this system'
        : `${generator.k6Cores.toFixed(2)} of ${generator.cores} cores, its timers ${Math.round(generator.lagMs)} ms late`,
    ],
  ]
}

/** What to do about what was seen. */
export function hintsOf({ totals, generator }: Measured): string[] {
  const hints: string[] = []
  const seen = (text: string) => Object.keys(totals.errors).some((name) => name.startsWith(text))
  if (seen('rate_limited'))
    hints.push(
      'commands were refused as too fast: raise MESSAGES_PER_SECOND and CHAT_COMMANDS_PER_SECOND of the server',
    )
  if (seen('pass 429')) hints.push('passes were refused: raise PASSES_PER_MINUTE of the server')
  if (seen('no connection: websocket: bad handshake'))
    hints.push('the server refused sockets: raise SOCKETS_PER_ADDRESS of the server')
  if (seen('closed 4429'))
    hints.push('sockets were closed as too many: raise CHAT_SOCKETS_PER_PERSON of the server')
  const others = othersCores(generator)
  if (others !== null && others > OTHERS)
    hints.push(
      `something else on this machine used ${others.toFixed(1)} cores: its share in the delays is unknown`,
    )
  if (isBottleneck(generator))
    hints.push(
      'k6 itself was the bottleneck: delays are its own in part. Run it on another machine, or with fewer viewers',
    )
  return hints
}

/** True when k6 used most of what the server left it, or when its own timers were late. */
export function isBottleneck({ k6Cores, serverCores, cores, lagMs }: Generator): boolean {
  return (k6Cores !== null && k6Cores > BUSY * (cores - (serverCores ?? 0))) || lagMs > LATE_MS
}

/** Cores that neither the server, nor k6, nor nobody used. Null when unknown. */
export function othersCores({ k6Cores, serverCores, idleCores, cores }: Generator): number | null {
  if (k6Cores === null || serverCores === null || idleCores === null) return null
  return Math.max(0, cores - k6Cores - serverCores - idleCores)
}

export const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`

function triple(of: Percentiles | null): string {
  if (!of) return 'nothing'
  return `p50 ${of.p50.toFixed(1)}, p95 ${of.p95.toFixed(1)}, p99 ${of.p99.toFixed(1)} ms`
}

const after = (of: Percentiles | null, says: string) =>
  of ? `, ${says} p50 ${of.p50.toFixed(0)}, p99 ${of.p99.toFixed(0)} ms` : ''

function listed(errors: readonly [string, number][]): string {
  return [...errors]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 8)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

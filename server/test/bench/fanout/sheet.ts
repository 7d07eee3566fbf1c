// What the bench prints: a table for each workload, ratios against the peers, and the goals.
import { markdown } from '../append-table.ts'
import type { Judged } from './goals.ts'
import type { FigureName, Reading } from './readings.ts'
import type { ServerName } from './target.ts'

type Column = { title: string; figure: FigureName; show: (value: number) => string }

const KB = 1_024
const fixed = (digits: number) => (value: number) => value.toFixed(digits)
const ms = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
const whole = (value: number) => Math.round(value).toLocaleString('en')
const COLUMNS: readonly Column[] = [
  { title: 'joined/s', figure: 'joinPerSecond', show: whole },
  { title: 'CPU us', figure: 'joinCpu', show: whole },
  { title: 'back/s', figure: 'backPerSecond', show: whole },
  { title: 'CPU us', figure: 'backCpu', show: whole },
  { title: 'back p99 ms', figure: 'backP99', show: ms },
  { title: 'p99 before', figure: 'p99Without', show: ms },
  { title: 'deliveries/s', figure: 'deliveries', show: whole },
  // 99.99 % must not look like all.
  { title: 'delivered %', figure: 'share', show: (share) => (Math.floor(share * 10_000) / 100).toString() },
  { title: 'p50 ms', figure: 'p50', show: ms },
  { title: 'p95', figure: 'p95', show: ms },
  { title: 'p99', figure: 'p99', show: ms },
  { title: 'p99.9', figure: 'p999', show: ms },
  { title: 'CPU-s/M', figure: 'cpuPerMillion', show: fixed(2) },
  { title: 'database', figure: 'databasePerMillion', show: fixed(2) },
  { title: 'redis', figure: 'redisPerMillion', show: fixed(2) },
  { title: 'core', figure: 'core', show: fixed(2) },
  { title: 'idle core', figure: 'idleCore', show: fixed(4) },
  { title: 'B/viewer', figure: 'perViewer', show: whole },
  { title: 'held', figure: 'heldPerViewer', show: whole },
  { title: 'RSS MB', figure: 'resident', show: (bytes) => whole(bytes / KB / KB) },
  { title: 'B/delivery', figure: 'bytes', show: whole },
  { title: 'lines/frame', figure: 'perFrame', show: fixed(1) },
  { title: 'loop max ms', figure: 'loopMax', show: ms },
]
/** Above this share of its core the client measures itself; with so much else running, the machine. */
const CLIENT_BUSY = 0.9
const OTHERS_BUSY = 0.15

/** Columns that nobody has are left out. */
export function tableOf(workload: string, readings: readonly Reading[]): string {
  const columns = COLUMNS.filter(({ figure }) =>
    readings.some(({ figures }) => figures[figure] !== undefined),
  )
  const lines = readings.map(({ server, point, figures }) => [
    point ? `${server}, ${point}` : server,
    ...columns.map(({ figure, show }) => {
      const value = figures[figure]
      return value === undefined || Number.isNaN(value) ? '' : show(value)
    }),
  ])
  return markdown([workload, ...columns.map(({ title }) => title)], lines)
}

const RATIOS: readonly { title: string; figure: FigureName }[] = [
  { title: 'p50', figure: 'p50' },
  { title: 'p99', figure: 'p99' },
  { title: 'CPU per delivery', figure: 'cpuPerMillion' },
  { title: 'memory per viewer', figure: 'perViewer' },
  { title: 'back per second', figure: 'backPerSecond' },
]

/** Each server in units of one peer; null when the peer was not run. */
export function ratiosTo(peer: ServerName, readings: readonly Reading[]): string | null {
  const baseFor = (point: string | undefined) =>
    readings.find((each) => each.server === peer && each.point === point)
  const rows = readings.filter(({ server, point }) => server !== peer && baseFor(point))
  const ratio = ({ point, figures }: Reading, figure: FigureName) => {
    const value = (figures[figure] ?? NaN) / (baseFor(point)?.figures[figure] ?? NaN)
    return Number.isFinite(value) ? value : null
  }
  const columns = RATIOS.filter(({ figure }) => rows.some((row) => ratio(row, figure) !== null))
  if (rows.length === 0 || columns.length === 0) return null
  const lines = rows.map((row) => [
    row.point ? `${row.server}, ${row.point}` : row.server,
    ...columns.map(({ figure }) => ratio(row, figure)?.toFixed(2) ?? ''),
  ])
  return markdown([`x ${peer}`, ...columns.map(({ title }) => title)], lines)
}

/** One line each for what makes a reading doubtful, and for what went wrong in it. */
export function remarks({ server, workload, point, figures, faults }: Reading): string[] {
  const name = [workload, server, point].filter((part) => part !== undefined).join(', ')
  const { clientCore = 0, othersCore = 0 } = figures
  return [
    ...(clientCore > CLIENT_BUSY
      ? [`${name}: the client was the bottleneck, it used ${clientCore.toFixed(2)} of its core`]
      : []),
    ...(othersCore > OTHERS_BUSY ? [`${name}: other programs used ${othersCore.toFixed(2)} of a core`] : []),
    ...faults.map((fault) => `${name}: ${fault}`),
  ]
}

export function goalsTable(judged: readonly Judged[]): string {
  const show = (value: number | undefined) =>
    value === undefined ? '' : value >= 1_000 ? whole(value) : String(Number(value.toFixed(3)))
  const lines = judged.map(({ workload, server, says, atLeast, limit, value, reached }) => [
    `${workload}, ${server}`,
    says,
    show(value),
    `${atLeast === undefined ? 'at most' : 'at least'} ${show(limit)}`,
    reached === null ? 'not measured' : reached ? 'reached' : 'not reached',
  ])
  return markdown(['goals', 'of', 'measured', 'wanted', ''], lines)
}

// What must be reached, as data, and whether it was. Ratios count only within one run.
import { figureOf, type FigureName, type Reading } from './readings.ts'
import { HISTORIES, SIZES } from './growth.ts'
import type { ServerName } from './target.ts'

/** `than`: the limit is so many times another figure. */
export type Goal = {
  workload: string
  server: ServerName
  figure: FigureName
  says: string
  point?: string
  atLeast?: number
  atMost?: number
  than?: { server?: ServerName; figure?: FigureName; point?: string }
}
/** `reached` is null when something it needs was not measured. */
export type Judged = Goal & { value: number | undefined; limit: number | undefined; reached: boolean | null }

const OURS = ['stagedoor', 'stagedoor+pg+redis'] as const
const GROWN = 1.1

const both = (goal: Omit<Goal, 'server'>): Goal[] => OURS.map((server) => ({ ...goal, server }))
const large = (goal: Omit<Goal, 'server'>): Goal => ({ ...goal, server: 'stagedoor+pg+redis' })
const all = (workload: string): Omit<Goal, 'server'> => ({
  workload,
  figure: 'share',
  says: 'share delivered',
  atLeast: 1,
})
const inOrder = (workload: string): Omit<Goal, 'server'> => ({
  workload,
  figure: 'disorder',
  says: 'lines skipped, twice or out of order',
  atMost: 0,
})

export const GOALS: readonly Goal[] = [
  ...both({ workload: '500x20', figure: 'p99', says: 'p99, ms', atMost: 20 }),
  ...both({ workload: '500x20', figure: 'p50', says: 'p50 x uws', atMost: 1.5, than: { server: 'uws' } }),
  ...both(all('5000x50')),
  ...both(inOrder('5000x50')),
  ...both({ workload: '5000x50', figure: 'p99', says: 'p99, ms', atMost: 110 }),
  ...both({
    workload: '5000x50',
    figure: 'cpuPerMillion',
    says: 'CPU per delivery x uws',
    atMost: 0.45,
    than: { server: 'uws' },
  }),
  ...both({
    workload: '5000x50',
    figure: 'cpuPerMillion',
    says: 'CPU per delivery x socket.io',
    atMost: 1 / 8,
    than: { server: 'socket.io' },
  }),
  ...both({ workload: '5000x50', figure: 'loopMax', says: 'longest block of the loop, ms', atMost: 10 }),
  large(all('10000x20')),
  large(inOrder('10000x20')),
  large({ workload: '10000x20', figure: 'p99', says: 'p99, ms', atMost: 220 }),
  large({ workload: '10000x20', figure: 'core', says: 'share of a core', atMost: 0.65 }),
  large(all('19500x50')),
  large(inOrder('19500x50')),
  large({ workload: '19500x50', figure: 'p99', says: 'p99, ms', atMost: 300 }),
  large({ workload: 'idle', figure: 'perViewer', says: 'memory per viewer, bytes', atMost: 3 * 1_024 }),
  large({ workload: 'storm', figure: 'backPerSecond', says: 'back per second', atLeast: 10_000 }),
  large({
    workload: 'storm',
    figure: 'p99',
    says: 'p99 of others x before',
    atMost: 2,
    than: { figure: 'p99Without' },
  }),
  large({
    workload: 'slow',
    figure: 'p99',
    says: 'p99 of others x before',
    atMost: 1.1,
    than: { figure: 'p99Without' },
  }),
  large({
    workload: 'growth',
    point: `${SIZES.at(-1)} viewers`,
    figure: 'cpuPerMillion',
    says: `CPU per delivery x that of ${SIZES[0]}`,
    atMost: GROWN,
    than: { point: `${SIZES[0]} viewers` },
  }),
  large({
    workload: 'growth',
    point: `history ${HISTORIES.at(-1)}`,
    figure: 'p50',
    says: `p50 with ${HISTORIES.at(-1)?.toLocaleString('en')} lines before x without`,
    atMost: GROWN,
    than: { point: `history ${HISTORIES[0]}` },
  }),
]

/** Of the workloads and servers that were run. */
export function judge(readings: readonly Reading[], goals: readonly Goal[] = GOALS): Judged[] {
  const ran = ({ workload, server }: Goal) =>
    readings.some((reading) => reading.workload === workload && reading.server === server)
  return goals.filter(ran).map((goal) => judgeOne(readings, goal))
}

function judgeOne(readings: readonly Reading[], goal: Goal): Judged {
  const { workload, server, figure, point, than, atLeast, atMost } = goal
  const measured = figureOf(readings, workload, server, figure, point)
  const base = than
    ? figureOf(readings, workload, than.server ?? server, than.figure ?? figure, than.point ?? point)
    : 1
  const limit = atLeast ?? atMost
  if (measured === undefined || base === undefined || limit === undefined)
    return { ...goal, value: undefined, limit, reached: null }
  const value = measured / base
  // NaN reaches nothing.
  return { ...goal, value, limit, reached: atLeast === undefined ? value <= limit : value >= limit }
}

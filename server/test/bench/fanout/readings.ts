// What the workloads give: one reading for each server and point, with figures under names that tables, goals and
// plots share.
import type { Figures } from './run.ts'
import type { ServerName } from './target.ts'

/** Beyond what every window measures. Sizes in bytes, times in ms, rates per second, `idleCore` a share of a core. */
export type Extra = {
  viewers: number
  history: number
  /** Resident memory that came with the viewers, by viewer; and how much of it objects and buffers hold. */
  perViewer: number
  heldPerViewer: number
  /** The longest block of the event loop, and its 99th percentile. */
  loopMax: number
  loopP99: number
  idleCore: number
  joinPerSecond: number
  backPerSecond: number
  backP99: number
  /** CPU of the server's process for one who comes, and for one who comes back, in us. */
  joinCpu: number
  backCpu: number
  /** Of others, without what the workload is about. */
  p99Without: number
}
export type FigureName = keyof Figures | keyof Extra
export type Reading = {
  workload: string
  server: ServerName
  /** Of several in one workload: which one. */
  point?: string
  figures: Partial<Record<FigureName, number>>
  faults: readonly string[]
}

/** Undefined when it was not measured. */
export function figureOf(
  readings: readonly Reading[],
  workload: string,
  server: ServerName,
  figure: FigureName,
  point?: string,
): number | undefined {
  const found = readings.find(
    (each) => each.workload === workload && each.server === server && (!point || each.point === point),
  )
  return found?.figures[figure]
}

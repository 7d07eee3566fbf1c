// The readings as pictures: bars by server, lines as a room or a history grows. SVG, without a browser.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as vega from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { FigureName, Reading } from './readings.ts'
import { parseSteady } from './steady.ts'

type Drawn = { name: string; spec: TopLevelSpec }

const WIDTH = 640
/** A page may be dark, and names are longer than a legend expects. */
const LOOK = { background: 'white', legend: { labelLimit: 0 }, axis: { labelLimit: 0 } }
const BARS: readonly { name: string; figure: FigureName; title: string }[] = [
  { name: 'p99', figure: 'p99', title: 'p99 of a delivery, ms' },
  {
    name: 'cpu-per-million',
    figure: 'cpuPerMillion',
    title: 'CPU of the server per million deliveries, s',
  },
  { name: 'memory-per-viewer', figure: 'perViewer', title: 'memory per idle viewer, bytes' },
  { name: 'reconnects', figure: 'backPerSecond', title: 'reconnects per second' },
]
const LINES: readonly { name: string; x: 'viewers' | 'history'; figures: FigureName[]; title: string }[] = [
  {
    name: 'growth-cpu',
    x: 'viewers',
    figures: ['cpuPerMillion'],
    title: 'CPU of the server per million deliveries, s',
  },
  { name: 'growth-latency', x: 'viewers', figures: ['p50', 'p99'], title: 'latency, ms' },
  { name: 'growth-history', x: 'history', figures: ['p50', 'p99'], title: 'latency, ms' },
]

/** Returns the files it wrote: one for each picture there are figures for. */
export async function drawPlots(readings: readonly Reading[], folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const specs = [...bars(readings), ...lines(readings)]
  return await Promise.all(
    specs.map(async ({ name, spec }) => {
      const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' })
      const file = join(folder, `${name}.svg`)
      writeFileSync(file, await view.toSVG())
      view.finalize()
      return file
    }),
  )
}

function bars(readings: readonly Reading[]): Drawn[] {
  return BARS.flatMap(({ name, figure, title }) => {
    const values = readings
      .filter(({ workload, figures }) => hasBar(figure, workload) && Number.isFinite(figures[figure]))
      .map(({ workload, server, figures }) => ({ workload, server, value: figures[figure] }))
    if (values.length === 0) return []
    const workloads = [...new Set(values.map(({ workload }) => workload))]
    const spec: TopLevelSpec = {
      config: LOOK,
      data: { values },
      facet: { row: { field: 'workload', sort: workloads, title: null, header: { labelAngle: 0 } } },
      resolve: { scale: { x: 'independent', y: 'independent' } },
      spec: {
        width: WIDTH,
        mark: 'bar',
        encoding: {
          y: { field: 'server', type: 'nominal', sort: null, title: null },
          x: { field: 'value', type: 'quantitative', title },
          color: { field: 'server', type: 'nominal', sort: null, legend: null },
        },
      },
    }
    return [{ name, spec }]
  })
}

/** What a storm or slow readers do to the others is a ratio, not a bar beside those of whole rooms. */
const hasBar = (figure: FigureName, workload: string): boolean =>
  workload !== 'growth' && (!['p99', 'cpuPerMillion'].includes(figure) || parseSteady(workload) !== null)

function lines(readings: readonly Reading[]): Drawn[] {
  return LINES.flatMap(({ name, x, figures, title }) => {
    const values = readings
      .filter(
        ({ workload, figures: { history } }) =>
          workload === 'growth' && (x === 'history') === (history !== undefined),
      )
      .flatMap(({ server, figures: measured }) =>
        figures.map((figure) => ({ x: measured[x], value: measured[figure], what: `${server}, ${figure}` })),
      )
    if (values.length === 0) return []
    const spec: TopLevelSpec = {
      config: LOOK,
      data: { values },
      width: WIDTH,
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'x', type: 'quantitative', title: x },
        y: { field: 'value', type: 'quantitative', title, scale: { zero: true } },
        color: { field: 'what', type: 'nominal', title: null },
      },
    }
    return [{ name, spec }]
  })
}

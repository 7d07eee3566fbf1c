// Curves over the time of a run, as SVG. Colours are variables of the page, so that they follow light and dark.
import * as vega from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Second } from './tally.ts'

export type Plot = { title: string; narrow: string; wide: string }
type Point = { second: number; value: number; of: string }
type Curves = { title: string; unit: string; points: Point[] }

const INK = 'var(--soft)'
const COLOURS = ['var(--one)', 'var(--two)', 'var(--three)']
const SIZES = { narrow: { width: 340, height: 190 }, wide: { width: 860, height: 240 } }

export async function plotsOf(seconds: readonly Second[]): Promise<Plot[]> {
  const end = seconds.at(-1)?.second ?? 0
  return Promise.all(
    curvesOf(seconds)
      .filter(({ points }) => points.length > 0)
      .map(async (curves) => ({
        title: curves.title,
        narrow: await drawn(curves, SIZES.narrow, end),
        wide: await drawn(curves, SIZES.wide, end),
      })),
  )
}

function curvesOf(seconds: readonly Second[]): Curves[] {
  const curve = (of: string, valueOf: (second: Second) => number | null | undefined): Point[] =>
    seconds.flatMap((each) => {
      const value = valueOf(each)
      return value === null || value === undefined ? [] : [{ second: each.second, value, of }]
    })
  return [
    {
      title: 'Delivery: from the sender to the reader',
      unit: 'ms',
      points: [
        ...curve('p50', ({ latency }) => latency?.p50),
        ...curve('p95', ({ latency }) => latency?.p95),
        ...curve('p99', ({ latency }) => latency?.p99),
      ],
    },
    { title: 'Viewers in the room', unit: '', points: curve('viewers', ({ open }) => open) },
    { title: 'Deliveries per second', unit: '', points: curve('deliveries', ({ deliveries }) => deliveries) },
    {
      title: 'CPU',
      unit: 'cores',
      points: [
        ...curve('server', ({ serverCores }) => serverCores),
        ...curve('k6', ({ k6Cores }) => k6Cores),
      ],
    },
    {
      title: 'Memory of the server',
      unit: 'MiB',
      points: curve('server', ({ serverRssBytes }) =>
        serverRssBytes === null ? null : serverRssBytes / 1_048_576,
      ),
    },
  ]
}

async function drawn(
  { unit, points }: Curves,
  size: { width: number; height: number },
  end: number,
): Promise<string> {
  const names = [...new Set(points.map(({ of }) => of))]
  const spec: TopLevelSpec = {
    ...size,
    data: { values: points },
    background: 'transparent',
    autosize: { type: 'fit', contains: 'padding' },
    mark: { type: 'line', strokeWidth: 1.6, interpolate: 'linear' },
    encoding: {
      x: {
        field: 'second',
        type: 'quantitative',
        title: 'seconds',
        scale: { nice: false, domain: [0, end] },
      },
      y: { field: 'value', type: 'quantitative', title: unit === '' ? null : unit },
      color: {
        field: 'of',
        type: 'nominal',
        scale: { domain: names, range: COLOURS.slice(0, names.length) },
        legend: names.length > 1 ? { title: null, orient: 'top' } : null,
      },
    },
    config: {
      font: 'system-ui, sans-serif',
      axis: {
        labelColor: INK,
        titleColor: INK,
        gridColor: 'var(--line)',
        domainColor: 'var(--line)',
        tickColor: 'var(--line)',
        labelFontSize: 11,
        titleFontSize: 11,
        titleFontWeight: 'normal',
        tickCount: 5,
      },
      legend: { labelColor: INK, labelFontSize: 12, symbolType: 'stroke', symbolStrokeWidth: 3 },
      view: { stroke: null },
    },
  }
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return svg
}

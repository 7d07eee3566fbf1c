// The lines of all virtual users, put together: second by second for the plots, and as a whole for the sheet.
import { countOf, merge, percentile, type Histogram } from './k6/histogram.ts'
import { LINE_MARK, type Plan, type Totals, type VuLine } from './k6/lines.ts'
import type { Usage } from './machine.ts'

export type Percentiles = { p50: number; p95: number; p99: number; count: number }

/** What happened within one second. CPU is in cores: 1 is one core wholly busy. */
export type Second = {
  /** Since the first line. */
  second: number
  open: number
  /** Per second. */
  deliveries: number
  latency: Percentiles | null
  serverCores: number | null
  serverRssBytes: number | null
  k6Cores: number | null
  idleCores: number | null
  lagMs: number
}

export type Sample = { at: number; server: Usage | null; k6: Usage | null; idleSeconds: number | null }

export type Tally = ReturnType<typeof createTally>

export function createTally(plan: Plan) {
  const latest = new Map<number, VuLine>()
  const latency: Histogram = []
  const acks: Histogram = []
  const joins: Histogram = []
  const resumes: Histogram = []
  const slots = new Map<
    number,
    { open: Map<number, number>; deliveries: number; latency: Histogram; lag: number }
  >()
  const samples: Sample[] = []
  let began = 0

  const slotOf = (at: number) => {
    const second = Math.max(0, Math.floor((at - began) / 1_000))
    const known = slots.get(second)
    if (known) return known
    const fresh = { open: new Map<number, number>(), deliveries: 0, latency: [], lag: 0 }
    slots.set(second, fresh)
    return fresh
  }

  function totals(): Totals {
    const sum = emptyTotals()
    for (const { total } of latest.values()) {
      for (const [name, count] of Object.entries(total.errors))
        sum.errors[name] = (sum.errors[name] ?? 0) + count
      for (const name of SUMMED) sum[name] += total[name]
      for (const name of LARGEST) sum[name] = Math.max(sum[name], total[name])
    }
    return sum
  }

  return {
    /** False when the text is not one of ours. */
    take(text: string): boolean {
      const at = text.indexOf(LINE_MARK)
      if (at < 0) return false
      const line = JSON.parse(text.slice(at + LINE_MARK.length)) as VuLine
      began ||= line.at - 1_000
      latest.set(line.vu, line)
      merge(latency, line.latency)
      merge(acks, line.acks)
      merge(joins, line.joins)
      merge(resumes, line.resumes)
      const slot = slotOf(line.at - 1)
      slot.open.set(line.vu, line.open)
      slot.deliveries += line.deliveries
      slot.lag = Math.max(slot.lag, line.lagMs)
      merge(slot.latency, line.latency)
      return true
    },
    sample: (sample: Sample) => void samples.push(sample),
    totals,
    open: () => [...latest.values()].reduce((sum, { open }) => sum + open, 0),
    percentiles: () => ({
      latency: percentilesOf(latency),
      acks: percentilesOf(acks),
      joins: percentilesOf(joins),
      resumes: percentilesOf(resumes),
    }),
    /** Entries that all viewers should have seen. Cut short, each virtual user is held to what it knew itself. */
    expected(cutShort: boolean): number {
      const { top } = totals()
      let expected = 0
      for (const { total } of latest.values())
        expected += Math.max(0, total.joined * (cutShort ? total.top : top) - total.began)
      return expected
    },
    /** Virtual users that reported their end. */
    finished: () => [...latest.values()].filter(({ last }) => last).length,
    began: () => began,
    /** In steps of so many seconds. */
    seconds(step = 1): Second[] {
      const list: Second[] = []
      const length = Math.max(-1, ...slots.keys()) + 1
      const open = new Map<number, number>()
      let sample = 0
      for (let second = 0; second < length; second += step) {
        let deliveries = 0
        let lagMs = 0
        const took: Histogram = []
        for (const slot of range(second, second + step).map((each) => slots.get(each))) {
          // A virtual user that was busy may print its line a second late: it holds what it held.
          for (const [vu, count] of slot?.open ?? []) open.set(vu, count)
          deliveries += slot?.deliveries ?? 0
          lagMs = Math.max(lagMs, slot?.lag ?? 0)
          slot?.latency.forEach((count, bucket) => merge(took, [[bucket, count]]))
        }
        const before = sample
        while (sample < samples.length - 1 && (samples[sample]?.at ?? 0) < began + (second + step) * 1_000)
          sample++
        list.push({
          second,
          open: [...open.values()].reduce((sum, count) => sum + count, 0),
          deliveries: deliveries / Math.min(step, length - second),
          latency: percentilesOf(took),
          lagMs,
          ...between(samples[before], samples[sample]),
        })
      }
      return list
    },
    /** p50, p95 and p99 of a part of the run, in ms since its start. */
    latencyBetween(fromMs: number, toMs: number): Percentiles | null {
      const sum: Histogram = []
      for (const [second, slot] of slots)
        if (second * 1_000 >= fromMs && second * 1_000 < toMs)
          slot.latency.forEach((count, bucket) => merge(sum, [[bucket, count]]))
      return percentilesOf(sum)
    },
    plan,
    samples: (): readonly Sample[] => samples,
  }
}

const SUMMED = [
  'viewers',
  'joined',
  'connects',
  'sent',
  'acked',
  'seen',
  'began',
  'resumed',
  'replaced',
  'whispers',
  'whispersRead',
  'foreign',
  'framesInspected',
  'reacts',
] as const
const LARGEST = ['top', 'reactsTold'] as const

function emptyTotals(): Totals {
  const zero = Object.fromEntries([...SUMMED, ...LARGEST].map((name) => [name, 0]))
  return { ...(zero as Omit<Totals, 'errors'>), errors: {} }
}

function percentilesOf(histogram: Histogram): Percentiles | null {
  const count = countOf(histogram)
  if (count === 0) return null
  const at = (share: number) => percentile(histogram, share) ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), count }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)

/** Cores in use between two samples. */
function between(a: Sample | undefined, b: Sample | undefined) {
  const seconds = a && b ? (b.at - a.at) / 1_000 : 0
  const rate = (from: number | undefined, to: number | undefined) =>
    seconds > 0 && from !== undefined && to !== undefined ? Math.max(0, to - from) / seconds : null
  return {
    serverCores: rate(a?.server?.cpuSeconds, b?.server?.cpuSeconds),
    serverRssBytes: b?.server?.rssBytes ?? null,
    k6Cores: rate(a?.k6?.cpuSeconds, b?.k6?.cpuSeconds),
    idleCores: rate(a?.idleSeconds ?? undefined, b?.idleSeconds ?? undefined),
  }
}

// The figures of one virtual user, printed as one line each second.
import { add, sparse, type Histogram } from './histogram.ts'
import { LINE_MARK, type Totals, type VuLine } from './lines.ts'

export type Meter = ReturnType<typeof createMeter>

export function createMeter(vu: number, viewers: number) {
  const total: Totals = {
    viewers,
    joined: 0,
    connects: 0,
    sent: 0,
    acked: 0,
    errors: {},
    seen: 0,
    began: 0,
    top: 0,
    resumed: 0,
    replaced: 0,
    whispers: 0,
    whispersRead: 0,
    foreign: 0,
    framesInspected: 0,
    reacts: 0,
    reactsTold: 0,
  }
  let deliveries = 0
  let lagMs = 0
  let latency: Histogram = []
  let acks: Histogram = []
  let joins: Histogram = []
  let resumes: Histogram = []

  return {
    total,
    error(what: string, count = 1) {
      total.errors[what] = (total.errors[what] ?? 0) + count
    },
    top(seq: number) {
      if (seq > total.top) total.top = seq
    },
    delivered(count: number) {
      deliveries += count
      total.seen += count
    },
    took: (ms: number) => add(latency, ms),
    ackTook: (ms: number) => add(acks, ms),
    joinTook: (ms: number) => add(joins, ms),
    resumeTook: (ms: number) => add(resumes, ms),
    late(ms: number) {
      if (ms > lagMs) lagMs = ms
    },
    line(open: number, last: boolean): string {
      const line: VuLine = {
        vu,
        at: Date.now(),
        open,
        deliveries,
        latency: sparse(latency),
        acks: sparse(acks),
        joins: sparse(joins),
        resumes: sparse(resumes),
        lagMs,
        total,
        ...(last ? { last } : {}),
      }
      const text = LINE_MARK + JSON.stringify(line)
      deliveries = 0
      lagMs = 0
      latency = []
      acks = []
      joins = []
      resumes = []
      return text
    },
  }
}

// The script that k6 runs. Each of its virtual users holds the sockets of many viewers on one event loop; what there
// is to do was written into a plan by the runner, which reads the lines that come out.
import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import { createClock } from './clock.ts'
import type { Plan, Seat } from './lines.ts'
import { createMarks } from './marks.ts'
import { createMeter } from './meter.ts'
import { createLook, createStamps } from './room.ts'
import { actsOf, talkersPerVu } from './scenarios.ts'
import { createViewer, type Viewer } from './viewer.ts'

const plan = JSON.parse(open(__ENV['PLAN'] ?? '')) as Plan
const seats = new SharedArray<Seat>('seats', () => JSON.parse(open(__ENV['SEATS'] ?? '')) as Seat[])

/** What is still on its way after the last message, at most. */
const SETTLE_MAX_MS = 20_000
const QUIET_MS = 2_000
const LINE_MS = 1_000
const LAG_EVERY_MS = 100
/** Away for so long when everybody is cut, so that there is something to catch up on. */
const AWAY_MS = 2_000
/** One of so many viewers parses every frame whole. */
const THOROUGH = 20

export const options = {
  scenarios: {
    room: {
      executor: 'per-vu-iterations',
      vus: plan.vus,
      iterations: 1,
      maxDuration: `${Math.ceil((plan.talkToMs + SETTLE_MAX_MS) / 1_000) + 30}s`,
      gracefulStop: '5s',
    },
  },
  systemTags: [],
  setupTimeout: '60s',
}

export function setup(): { startsAt: number } {
  return { startsAt: Date.now() + 300 }
}

export default function room({ startsAt }: { startsAt: number }): void {
  const nth = exec.vu.idInTest - 1
  const clock = createClock()
  const marks = createMarks(plan.mark)
  const look = createLook(createStamps(marks))
  const own = Array.from({ length: Math.ceil((plan.viewers - nth) / plan.vus) }, (_, n) => nth + n * plan.vus)
  const meter = createMeter(nth, own.length)
  const inspects = plan.scenario === 'private'
  const deps = { slug: plan.slug, clock, meter, marks, look, inspects }
  const viewers = own.flatMap((index, n) => {
    const seat = seats[index]
    return seat ? [createViewer({ ...deps, seat, thorough: n % THOROUGH === 0, leads: n === 0 })] : []
  })
  const host =
    nth === 0 && plan.host ? createViewer({ ...deps, seat: plan.host, thorough: true, leads: false }) : null
  const everybody: Viewer[] = host ? [host, ...viewers] : viewers
  const timers: ReturnType<typeof setInterval>[] = []
  const at = (ms: number, run: () => void) => setTimeout(run, Math.max(0, startsAt + ms - Date.now()))
  const print = (last: boolean) =>
    console.log(meter.line(viewers.filter((viewer) => viewer.here()).length, last))

  host?.open()
  viewers.forEach((viewer, n) => {
    const arrives = (plan.rampMs * (own[n] ?? 0)) / plan.viewers
    at(arrives, () => (plan.scenario === 'go-live' ? viewer.arrive() : viewer.open()))
  })
  timers.push(setInterval(() => print(false), LINE_MS))

  let expected = Date.now() + LAG_EVERY_MS
  timers.push(
    setInterval(() => {
      meter.late(Date.now() - expected)
      expected = Date.now() + LAG_EVERY_MS
    }, LAG_EVERY_MS),
  )

  for (const { act, perSecond } of actsOf({ plan, clock, marks, meter, viewers, host })) {
    const everyMs = 1_000 / perSecond
    // Virtual users take turns within one period, so that messages are spread as evenly as the rate says.
    const from = plan.talkFromMs + (everyMs * nth) / plan.vus
    const go = (count: number) => {
      if (from + count * everyMs >= plan.talkToMs) return
      at(from + count * everyMs, () => {
        act(count)
        go(count + 1)
      })
    }
    go(0)
  }

  const quiet = viewers.slice(talkersPerVu(plan))
  for (const cutMs of plan.cutsAtMs) {
    at(cutMs, () => quiet.forEach((viewer) => viewer.leave()))
    at(cutMs + AWAY_MS, () => quiet.forEach((viewer) => viewer.open()))
  }

  at(plan.talkToMs, () => settle(Date.now(), meter.total.seen, Date.now()))

  /** Ends when nothing new has come for a while. */
  function settle(since: number, seen: number, changed: number): void {
    const now = Date.now()
    const moved = meter.total.seen !== seen || everybody.some((viewer) => viewer.unanswered() > 0)
    if (moved && now - since < SETTLE_MAX_MS) {
      setTimeout(() => settle(since, meter.total.seen, now), 100)
    } else if (now - changed < QUIET_MS && now - since < SETTLE_MAX_MS) {
      setTimeout(() => settle(since, meter.total.seen, changed), 100)
    } else {
      for (const timer of timers) clearInterval(timer)
      for (const viewer of everybody) {
        const open = viewer.unanswered()
        if (open > 0) meter.error('no answer', open)
      }
      print(true)
      for (const viewer of everybody) viewer.leave()
    }
  }
}

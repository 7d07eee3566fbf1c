import { beforeEach, expect, test } from 'vitest'
import { judge, measure, median, shareOf } from './judge.ts'
import { add, sparse, type Histogram } from './k6/histogram.ts'
import { LINE_MARK, type Plan, type ScenarioName, type Totals, type VuLine } from './k6/lines.ts'
import { escaped, pageOf } from './page.ts'
import { hintsOf, isBottleneck, sheetOf, verdictOf } from './sheet.ts'
import { createTally, type Tally } from './tally.ts'

const START = 1_795_291_200_000
const SECONDS = 40
let totals: Totals
beforeEach(() => {
  totals = {
    viewers: 50,
    joined: 50,
    connects: 50,
    sent: 200,
    acked: 200,
    errors: {},
    seen: 5_000,
    began: 500,
    top: 110,
    resumed: 0,
    replaced: 0,
    whispers: 0,
    whispersRead: 0,
    foreign: 0,
    framesInspected: 0,
    reacts: 0,
    reactsTold: 0,
  }
})

const planFor = (scenario: ScenarioName): Plan => ({
  scenario,
  slug: 's',
  mark: 'm',
  viewers: 100,
  vus: 2,
  rate: 5,
  rampMs: 0,
  talkFromMs: 0,
  talkToMs: SECONDS * 1_000,
  cutsAtMs: [],
  host: null,
})

const constantly =
  (value: number): ((second: number) => number) =>
  () =>
    value

/** Two virtual users that print the same each second; `took` is how long deliveries of that second were. */
function ran(scenario: ScenarioName, took = constantly(20), rss = constantly(100)): Tally {
  const tally = createTally(planFor(scenario))
  for (let second = 1; second <= SECONDS; second++) {
    const at = START + second * 1_000
    const latency: Histogram = []
    add(latency, took(second), 100)
    for (const vu of [0, 1]) {
      const line: VuLine = {
        ...{ vu, at, open: 50, deliveries: 100, latency: sparse(latency) },
        ...{ acks: [], joins: [], resumes: [], lagMs: 3, total: totals },
        ...(second === SECONDS ? { last: true } : {}),
      }
      expect(tally.take(`INFO ${LINE_MARK}${JSON.stringify(line)}`)).toBe(true)
    }
    const usage = { cpuSeconds: second * 0.5, rssBytes: rss(second) * 1_048_576 }
    tally.sample({ at, server: usage, k6: usage, idleSeconds: second })
  }
  return tally
}
const failed = (tally: Tally, cutShort = false) =>
  judge(measure(tally, cutShort, 2)).flatMap(({ what, holds }) => (holds ? [] : [what]))

test('a run in which everything arrived passes, and its figures are the sums of its parts', () => {
  const measured = measure(ran('chat'), false, 2)
  expect(measured).toMatchObject({ expected: 10_000, totals: { joined: 100, seen: 10_000, top: 110 } })
  expect(measured.seconds).toHaveLength(SECONDS)
  expect(measured.seconds[20]).toMatchObject({ open: 100, deliveries: 200, serverCores: 0.5, k6Cores: 0.5 })
  expect(measured.latency.latency?.p99).toBeGreaterThanOrEqual(20)
  expect(measured.latency.latency?.p99).toBeLessThan(20.5)
  expect(judge(measured).every(({ holds }) => holds)).toBe(true)
  expect(sheetOf(measured, judge(measured)).at(-1)).toBe('PASS')
})

test('steps of several seconds keep rates per second', () => {
  const steps = ran('chat').seconds(8)
  expect(steps).toHaveLength(5)
  expect(steps[2]).toMatchObject({ second: 16, deliveries: 200, open: 100, latency: { count: 1_600 } })
})

test('one entry too few in a million is not everything', () => {
  totals.seen -= 1
  expect(failed(ran('chat'))).toEqual(['delivered share'])
  expect(shareOf(999_999, 1_000_000)).toBe('99.9999 %')
  expect(shareOf(9_999_999, 10_000_000)).toBe('99.9999 %')
  expect(shareOf(10, 10)).toBe('100.00 %')
})

test('slow delivery, errors, missing viewers and foreign frames fail, each by its name', () => {
  expect(failed(ran('chat', () => 600))).toEqual(['delivery p95'])
  totals.errors = { rate_limited: 1, 'closed 4408': 1 }
  expect(failed(ran('chat'))).toEqual(['errors'])
  totals.errors = {}
  totals.foreign = 1
  expect(failed(ran('chat'))).toEqual(['foreign private frames'])
  totals.foreign = 0
  totals.joined = 49
  totals.began = 490
  totals.seen = 4_900
  expect(failed(ran('chat'))).toEqual(['connected'])
})

test('a run without figures fails', () => {
  const empty = createTally(planFor('chat'))
  expect(failed(empty)).toEqual(['connected', 'delivered share', 'delivery p95', 'errors'])
})

test('private messages, reactions and returns are held to all of them', () => {
  expect(failed(ran('private'))).toEqual(['private messages read'])
  expect(failed(ran('reactions'))).toEqual(['reactions counted'])
  expect(failed(ran('reconnect-storm'))).toEqual(['resumed without a hole'])
  Object.assign(totals, { whispers: 5, whispersRead: 5, reacts: 5, reactsTold: 10, resumed: 5 })
  expect(failed(ran('private'))).toEqual([])
  expect(failed(ran('reactions'))).toEqual([])
  expect(failed(ran('reconnect-storm'))).toEqual([])
  Object.assign(totals, { whispersRead: 4, reactsTold: 11, replaced: 1 })
  expect(failed(ran('private'))).toEqual(['private messages read'])
  expect(failed(ran('reactions'))).toEqual(['reactions counted'])
  expect(failed(ran('reconnect-storm'))).toEqual(['resumed without a hole'])
})

test('a soak fails when memory grows after the warm-up, or when delays rise', () => {
  expect(failed(ran('soak'))).toEqual([])
  expect(failed(ran('soak', undefined, (second) => (second <= 10 ? 50 : 100)))).toEqual([])
  expect(failed(ran('soak', undefined, (second) => 100 + second / 3))).toEqual(['memory growth'])
  expect(failed(ran('soak', (second) => 20 + second * 2))).toEqual(['p99 at the end'])
  // A few milliseconds are nothing, whatever the ratio.
  expect(failed(ran('soak', (second) => 1 + second / 4))).toEqual([])
})

test('a run that was cut short is held to what its parts knew, and never passes', () => {
  const tally = ran('chat')
  const behind = { ...totals, top: 60, seen: 2_500 }
  const line: VuLine = {
    ...{ vu: 1, at: START + SECONDS * 1_000, open: 50, deliveries: 0, latency: [] },
    ...{ acks: [], joins: [], resumes: [], lagMs: 3, total: behind },
  }
  tally.take(LINE_MARK + JSON.stringify(line))
  const measured = measure(tally, true, 2)
  expect(measured.expected).toBe(7_500)
  expect(judge(measured).every(({ holds }) => holds)).toBe(true)
  expect(verdictOf(measured, judge(measured))).toBe('CUT SHORT')
  expect(tally.finished()).toBe(1)
})

test('the sheet says what to do', () => {
  totals.errors = {
    rate_limited: 3,
    'pass 429': 1,
    'no connection: websocket: bad handshake': 2,
    'closed 4429': 1,
  }
  const hints = hintsOf(measure(ran('chat'), false, 2)).join('\n')
  for (const variable of [
    'MESSAGES_PER_SECOND',
    'PASSES_PER_MINUTE',
    'SOCKETS_PER_ADDRESS',
    'CHAT_SOCKETS_PER_PERSON',
  ])
    expect(hints).toContain(variable)
})

test('k6 is the bottleneck when it has no more CPU to take, or is late by itself', () => {
  const calm = { k6Cores: 0.5, serverCores: 1, idleCores: 0.5, cores: 2, lagMs: 5 }
  expect(isBottleneck(calm)).toBe(false)
  expect(isBottleneck({ ...calm, k6Cores: 0.95, idleCores: 0.05 })).toBe(true)
  expect(isBottleneck({ ...calm, lagMs: 300 })).toBe(true)
  expect(isBottleneck({ ...calm, k6Cores: null, serverCores: null })).toBe(false)
})

test('other lines are not ours, and medians know gaps', () => {
  expect(createTally(planFor('chat')).take('time="x" level=warning')).toBe(false)
  expect(median([null, 3, 1, 2])).toBe(2)
  expect(median([])).toBeNull()
})

test('the page is whole in itself and shows nothing raw', async () => {
  totals.errors = { '<script>alert(1)</script>': 1 }
  const tally = ran('chat')
  const measured = measure(tally, false, 2)
  const page = await pageOf({
    measured,
    checks: judge(measured),
    steps: tally.seconds(2),
    plan: planFor('chat'),
    urls: ['http://localhost:1'],
    own: false,
    broke: 'it said: <b>',
    options: {
      scenario: 'chat',
      viewers: 100,
      rate: 5,
      seconds: 40,
      urls: [],
      link: '',
      pids: [],
      report: '',
    },
    at: new Date(START),
  })
  expect(page).not.toContain('<script')
  expect(page).not.toContain('<b>')
  expect(page).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//)
  expect(page.match(/<figure>/g)).toHaveLength(5)
  expect(page).toContain('var(--one)')
  expect(escaped(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;')
})

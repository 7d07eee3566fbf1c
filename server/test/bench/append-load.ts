// The load client of bench:append, a process of its own: it opens sockets, says lines in one of three ways, and
// reports what came back and what that cost itself.
import { createSeededRandom } from '../random.ts'
import { openWire, type Wire } from './append-wire.ts'

export type Seat = { port: number; pass: string }
export type Ask =
  | { do: 'open'; speakers: Seat[]; listeners: Seat[] }
  /** One line after the other: the next when the last was acknowledged and every listener has seen it. */
  | { do: 'idle'; lines: number; warmUp: number }
  /** `window` lines of each speaker are under way at any time. */
  | { do: 'flood'; seconds: number; warmUp: number; window: number }
  /** Lines come when they come (exponential gaps, seeded), whatever became of the earlier ones. */
  | { do: 'paced'; seconds: number; warmUp: number; perSecond: number; seed: number }
/** Times in ms, from when a line was due. `seen` by listener. `clientCpu` is the share of one core. */
export type Report = {
  acks: number[]
  seen: number[][]
  refused: Record<string, number>
  seconds: number
  clientCpu: number
}

const speakers: Wire[] = []
let listening = 0
let report: Report
let next = 1
/** Lines before this one are warm-up. */
let from = 0
let due: number[] = []
let speakerOf: number[] = []
let answered: (number: number) => void = () => undefined
let seen: (number: number) => void = () => undefined

async function open(ask: Extract<Ask, { do: 'open' }>): Promise<void> {
  const heard = {
    ok(number: number, at: number) {
      if (number >= from) report.acks.push(at - (due[number] ?? NaN))
      answered(number)
    },
    refused(number: number, code: string) {
      report.refused[code] = (report.refused[code] ?? 0) + 1
      answered(number)
    },
  }
  for (const [index, { port, pass }] of ask.listeners.entries())
    await openWire(port, pass, {
      ...heard,
      line(number, at) {
        if (number >= from) report.seen[index]?.push(at - (due[number] ?? NaN))
        seen(number)
      },
    })
  listening = ask.listeners.length
  for (const { port, pass } of ask.speakers) speakers.push(await openWire(port, pass, heard))
}

function say(speaker: number, at = performance.now()): void {
  const number = next++
  due[number] = at
  speakerOf[number] = speaker
  speakers[speaker]?.say(number)
}

async function idle({ lines, warmUp }: Extract<Ask, { do: 'idle' }>): Promise<void> {
  from = next + warmUp
  for (let i = 0; i < warmUp + lines; i++) {
    if (i === warmUp) start()
    await new Promise<void>((resolve) => {
      let waiting = 1 + listening
      const one = () => --waiting === 0 && resolve()
      answered = one
      seen = one
      say(0)
    })
  }
}

async function flood({ seconds, warmUp, window }: Extract<Ask, { do: 'flood' }>): Promise<void> {
  let over = false
  let waiting = 0
  let drained: () => void = () => undefined
  from = Infinity
  answered = (number) => {
    waiting--
    if (over) {
      if (waiting === 0) drained()
      return
    }
    waiting++
    say(speakerOf[number] ?? 0)
  }
  for (const [speaker] of speakers.entries())
    for (let i = 0; i < window; i++) {
      waiting++
      say(speaker)
    }
  await pass(warmUp)
  // What was sent before is not counted, what is under way at the end neither.
  from = next
  start()
  await pass(seconds)
  stop()
  over = true
  from = Infinity
  await new Promise<void>((resolve) => (drained = resolve))
}

async function paced({ seconds, warmUp, perSecond, seed }: Extract<Ask, { do: 'paced' }>): Promise<void> {
  const random = createSeededRandom(seed)
  const gap = () => (-Math.log(1 - random.fraction()) * 1000) / perSecond
  let waiting = 0
  let drained: () => void = () => undefined
  const one = () => --waiting === 0 && drained()
  answered = one
  seen = one
  from = Infinity
  const began = performance.now()
  let at = began
  for (;;) {
    const now = performance.now()
    if (from === Infinity && now - began > warmUp * 1000) {
      from = next
      start()
    }
    if (now - began > (warmUp + seconds) * 1000) break
    for (; at <= now; at += gap()) {
      waiting += 1 + listening
      say(random.below(speakers.length), at)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  stop()
  await new Promise<void>((resolve) => {
    drained = resolve
    if (waiting === 0) resolve()
  })
}

const pass = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

let startedAt = 0
let cpuAt = process.cpuUsage()
let stopped = false
function start(): void {
  startedAt = performance.now()
  cpuAt = process.cpuUsage()
  stopped = false
  process.send?.('started')
}
function stop(): void {
  if (stopped) return
  stopped = true
  const { user, system } = process.cpuUsage(cpuAt)
  report.seconds = (performance.now() - startedAt) / 1000
  report.clientCpu = (user + system) / 1e6 / report.seconds
  process.send?.('stopped')
}

async function obey(ask: Ask): Promise<Report> {
  report = {
    acks: [],
    seen: Array.from({ length: listening }, () => []),
    refused: {},
    seconds: 0,
    clientCpu: 0,
  }
  due = []
  speakerOf = []
  if (ask.do === 'open') await open(ask)
  else if (ask.do === 'idle') await idle(ask)
  else if (ask.do === 'flood') await flood(ask)
  else await paced(ask)
  stop()
  return report
}

process.on('message', (ask: Ask) => {
  obey(ask).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
// Its sockets would keep it alive.
process.on('disconnect', () => process.exit())

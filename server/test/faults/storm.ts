// A reconnect storm: thousands of phones lose their node to SIGKILL and come back to its successor together, by
// the client's own rules, while some of them go on talking.
import { callCrowd } from './storm-caller.ts'
import { complaintsIn, cpuOf, only, share, sum } from './storm-report.ts'
import type { Counters } from './storm-talk.ts'
import { createStormWorld, type Statements } from './storm-world.ts'

export type StormResult = {
  sockets: number
  streams: number
  /** How many were welcomed back, and when, in ms since the new process said that it listens. */
  resumed: number
  halfMs: number
  most99Ms: number
  lastMs: number
  /** Database statements from the start of the new process until everybody was back. */
  statements: Statements
  /** What must not happen, by kind. Empty is good. */
  errors: Counters
  /** What did happen: dials, closes, welcomes. */
  counted: Counters
  /** Sends since the old process died, until a little after everybody was back. */
  acks: { count: number; p50Ms: number; p99Ms: number }
  /** CPU seconds of the new process until everybody was back. */
  cpuSeconds: number
  /** Warnings and errors in the server's own log, by their words. */
  complaints: Counters
}

export type StormOptions = {
  sockets: number
  streams: number
  senders?: number
  /** Lines in every room before, and lines that everybody missed meanwhile. */
  history?: number
  missed?: number
  seed?: number
  env?: Record<string, string>
}

const WITHIN_MS = 90_000

export async function storm(options: StormOptions): Promise<StormResult> {
  const { sockets, streams, senders = 20, history = 300, missed = 100, seed = 1, env = {} } = options
  await using world = await createStormWorld({ streams, people: sockets, history, env })
  // Those who talk are a process of their own: what the crowd costs must not count as waiting for an answer.
  await using speakers = callCrowd()
  await using crowd = callCrowd()
  const both = <T>(ask: (one: typeof crowd) => Promise<T>) => Promise.all([ask(speakers), ask(crowd)])
  const tickets = await world.tickets(() => 'good')
  const gather = { do: 'gather', url: world.server.url, atOnce: 100, withinMs: WITHIN_MS } as const
  await crowd.ask({ ...gather, tickets: tickets.slice(senders), senders: 0, seed })
  await speakers.ask({ ...gather, tickets: tickets.slice(0, senders), senders, seed: seed + sockets })

  await both((one) => one.ask({ do: 'watch' }))
  await world.server.kill()
  await world.write(missed)
  await world.forgetStatements()
  await using server = await world.start()
  const openedAt = Date.now()
  const arrivals = await both((one) => one.ask({ do: 'await', withinMs: WITHIN_MS }))
  const cpuSeconds = cpuOf(server.pid)
  const statements = await world.statements()

  const hushed = await speakers.ask({ do: 'hush', withinMs: WITHIN_MS })
  const seqs = await world.seqs()
  const settled = await both((one) => one.ask({ do: 'settle', seqs, withinMs: 10_000 }))
  const waits = arrivals.flatMap(({ welcomedAt }) => welcomedAt.map((at) => at - openedAt))
  const { acks } = hushed
  const lines = await world.lines('line ')
  return {
    sockets,
    streams,
    resumed: waits.length,
    halfMs: share(waits, 0.5, sockets),
    most99Ms: share(waits, 0.99, sockets),
    lastMs: share(waits, 1, sockets),
    statements,
    errors: {
      ...only(sum(settled.map((each) => each.counters)), true),
      ...positive({
        'error behind at the end': settled.reduce((all, { behind }) => all + behind, 0),
        'error sends without an answer': hushed.unanswered,
        'error lines lost': hushed.acked - lines.distinct,
        'error lines doubled': lines.count - lines.distinct,
      }),
    },
    counted: only(sum(arrivals.map((each) => each.counters)), false),
    acks: { count: acks.length, p50Ms: share(acks, 0.5), p99Ms: share(acks, 0.99) },
    cpuSeconds,
    complaints: complaintsIn(server.output()),
  }
}

const positive = (counters: Counters): Counters =>
  Object.fromEntries(Object.entries(counters).filter(([, count]) => count !== 0))

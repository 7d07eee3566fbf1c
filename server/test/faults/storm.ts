// A reconnect storm: thousands of phones lose their node to SIGKILL and come back to its successor together, by
// the client's own rules, while some of them go on talking.
import { callCrowd } from './storm-caller.ts'
import { complaintsIn, cpuOf, only, share } from './storm-report.ts'
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
  /** Sends that were acknowledged while the storm went on. */
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
  await using crowd = callCrowd()
  const tickets = await world.tickets(() => 'good')
  const { url } = world.server
  await crowd.ask({ do: 'gather', url, tickets, senders, seed, atOnce: 100, withinMs: WITHIN_MS })

  await crowd.ask({ do: 'watch' })
  await world.server.kill()
  await world.write(missed)
  await world.forgetStatements()
  await using server = await world.start()
  const openedAt = Date.now()
  const { welcomedAt, acks, counters } = await crowd.ask({ do: 'await', withinMs: WITHIN_MS })
  const cpuSeconds = cpuOf(server.pid)
  const statements = await world.statements()

  const hushed = await crowd.ask({ do: 'hush', withinMs: WITHIN_MS })
  const settled = await crowd.ask({ do: 'settle', seqs: await world.seqs(), withinMs: 10_000 })
  const lines = await world.lines('line ')
  const waits = welcomedAt.map((at) => at - openedAt)
  return {
    sockets,
    streams,
    resumed: waits.length,
    halfMs: share(waits, 0.5, sockets),
    most99Ms: share(waits, 0.99, sockets),
    lastMs: share(waits, 1, sockets),
    statements,
    errors: {
      ...only(settled.counters, true),
      ...positive({
        'error behind at the end': settled.behind,
        'error sends without an answer': hushed.unanswered,
        'error lines lost': hushed.acked - lines.distinct,
        'error lines doubled': lines.count - lines.distinct,
      }),
    },
    counted: only(counters, false),
    acks: { count: acks.length, p50Ms: share(acks, 0.5), p99Ms: share(acks, 0.99) },
    cpuSeconds,
    complaints: complaintsIn(server.output()),
  }
}

const positive = (counters: Counters): Counters =>
  Object.fromEntries(Object.entries(counters).filter(([, count]) => count !== 0))

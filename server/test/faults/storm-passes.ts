// The same storm after a long outage: every pass is over, so everybody asks for a new one at once, and the
// endpoint gives only so many a minute to one address.
import { callCrowd } from './storm-caller.ts'
import { complaintsIn, only, share } from './storm-report.ts'
import type { Counters } from './storm-talk.ts'
import { createStormWorld } from './storm-world.ts'

export type PassStormResult = {
  sockets: number
  /** How many were let in, and when the last of them was, in ms since they began. */
  back: number
  halfMs: number
  lastMs: number
  errors: Counters
  counted: Counters
  complaints: Counters
}

export async function passStorm(options: {
  sockets: number
  passesPerMinute: number
  seed?: number
  withinMs: number
}): Promise<PassStormResult> {
  const { sockets, passesPerMinute, seed = 1, withinMs } = options
  const env = { PASSES_PER_MINUTE: String(passesPerMinute) }
  await using world = await createStormWorld({ streams: 5, people: sockets, history: 100, env })
  await using crowd = callCrowd()
  // Every second phone's clock is wrong: it shows its old pass first.
  const tickets = await world.tickets((i) => (i % 2 === 0 ? 'expired' : null))
  const startedAt = Date.now()
  const { url } = world.server
  const gathered = await crowd.ask({
    do: 'gather',
    url,
    tickets,
    senders: 0,
    seed,
    atOnce: sockets + 1,
    withinMs,
  })
  const waits = gathered.welcomedAt.map((at) => at - startedAt)
  return {
    sockets,
    back: waits.length,
    halfMs: share(waits, 0.5, sockets),
    lastMs: share(waits, 1, sockets),
    errors: only(gathered.counters, true),
    counted: only(gathered.counters, false),
    complaints: complaintsIn(world.server.output()),
  }
}

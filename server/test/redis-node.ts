// One node's bus on a real Redis, with a clock turned by hand: what it hears, says in its log, and restored.
import type { Notice } from '../app/ports.ts'
import type { RedisBus } from '../adapters/redis/bus.ts'
import type { Log } from '../app/ports.ts'
import { createHandClock } from './clock.ts'
import type { HandClock } from './clock.ts'

export type BusNode = {
  bus: RedisBus
  clock: HandClock
  heard: Notice[]
  /** Streams in the order in which they were restored. */
  restored: string[]
  lines: string[]
  faults: string[]
}

export async function openNode(create: (deps: { log: Log; clock: HandClock }) => RedisBus): Promise<BusNode> {
  const clock = createHandClock(0)
  const [heard, restored, lines, faults]: [Notice[], string[], string[], string[]] = [[], [], [], []]
  const bus = create({
    clock,
    log: {
      info: (event) => void lines.push(event),
      warn: (event) => void lines.push(event),
      fault: (where) => `fault-${faults.push(where)}`,
    },
  })
  bus.subscribe((notice) => heard.push(notice))
  bus.onRestored((streams) => restored.push(...streams))
  await bus.subscribed
  return { bus, clock, heard, restored, lines, faults }
}

// Fills holes in a log: asks for the missing range after a little jitter (a hole is often seen by a whole room
// at once, and often closes by itself), and gives the line up when nothing helps.
import type { Cmid } from '../../shared/ids.ts'
import type { Request } from '../../shared/protocol/commands.ts'
import type { LogName } from '../../shared/protocol/events.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Sequence } from './sequence.ts'
import type { Clock, Random } from './surroundings.ts'

const JITTER_MS = 250
const PATIENCE_MS = 2_000

export function createRepair(deps: {
  clock: Clock
  random: Random
  send: (request: Request) => boolean
  lost: () => void
}) {
  const { clock, random } = deps
  const holes = new Map<LogName, Hole>()
  const asked = new Map<Cmid, LogName>()

  function close(log: LogName): void {
    const hole = holes.get(log)
    hole?.cancelAsk()
    hole?.cancelPatience()
    holes.delete(log)
  }

  function ask(log: LogName, hole: Hole): void {
    const gap = hole.sequence.gap()
    if (!gap) {
      close(log)
      return
    }
    const id = random.uuid()
    const to = Math.min(gap.to, gap.from + LIMITS.pageEntries - 1)
    asked.set(id, log)
    hole.waiting = true
    deps.send({ t: 'read', id, log, from: gap.from, to })
  }

  return {
    /** After every change of a log; `progress` when entries came through. */
    look(log: LogName, sequence: Sequence, progress: boolean): void {
      const known = holes.get(log)
      if (!sequence.gap()) close(log)
      else if (!known) {
        const hole: Hole = { sequence, waiting: true, cancelAsk: noop, cancelPatience: noop }
        hole.cancelAsk = clock.after(random.fraction() * JITTER_MS, () => ask(log, hole))
        hole.cancelPatience = clock.after(PATIENCE_MS, deps.lost)
        holes.set(log, hole)
      } else if (progress) {
        known.cancelPatience()
        known.cancelPatience = clock.after(PATIENCE_MS, deps.lost)
        if (!known.waiting) ask(log, known)
      }
    },
    /** The log a read was for, once. The caller then takes the page and looks: what is still missing is asked
     * for again only after progress, so that an empty answer cannot spin. */
    answered(re: Cmid): LogName | undefined {
      const log = asked.get(re)
      asked.delete(re)
      const hole = log && holes.get(log)
      if (hole) hole.waiting = false
      return log
    },
    reset(): void {
      for (const log of [...holes.keys()]) close(log)
      asked.clear()
    },
  }
}

/** `waiting`: a read is under way or about to be. */
type Hole = { sequence: Sequence; waiting: boolean; cancelAsk: () => void; cancelPatience: () => void }
const noop = () => undefined

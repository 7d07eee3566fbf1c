// Pings, spread over time. The library pings all sockets of one of its 4-second ticks in one go, and those that came
// together fall silent together: 10,000 of them held up everybody else for a tenth of a second. Here each is asked in
// its turn well before that; the library's own ping is left for those who did not answer.
import type { Clock } from '../../app/ports.ts'

const BEAT_MS = 100

type Pinged = { ping(): unknown }
export type Pings<Socket extends Pinged> = {
  add(socket: Socket): void
  remove(socket: Socket): void
  /** Everyone who is there now. */
  all(): Socket[]
}

/** Each socket about once in `roundMs`, as many in every tenth of a second as in any other. Nothing runs while
 * nobody is there. */
export function createPings<Socket extends Pinged>(clock: Clock, roundMs: number): Pings<Socket> {
  // In the order they came; one that comes during a round has its turn at the end of it.
  const sockets = new Set<Socket>()
  let turn = sockets.values()
  let owed = 0
  let beating = false

  function next(): Socket | undefined {
    const { value } = turn.next()
    if (value) return value
    turn = sockets.values()
    return turn.next().value
  }

  function beat() {
    owed += (sockets.size * BEAT_MS) / roundMs
    for (; owed >= 1; owed -= 1) next()?.ping()
    beating = sockets.size > 0
    if (beating) clock.after(BEAT_MS, beat)
    else owed = 0
  }

  return {
    add(socket) {
      sockets.add(socket)
      if (beating) return
      beating = true
      clock.after(BEAT_MS, beat)
    },
    remove: (socket) => void sockets.delete(socket),
    all: () => [...sockets],
  }
}

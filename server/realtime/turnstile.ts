// Lets so many through per turn of the event loop and the others in the next ones, in the order they came. The answer
// to a shared question sets hundreds of joins going at once; without this the messages of everybody else would wait for
// the welcome of the last.
import type { Clock } from '../app/ports.ts'

/** A welcome costs some tens of microseconds: a turn of these stays near a millisecond. */
const PER_TURN = 32

export type Turnstile = {
  /** Null: go on at once. Else resolves when it is one's turn. */
  pass(): Promise<void> | null
  /** Lets nobody through any more. */
  stop(): void
}

export function createTurnstile(clock: Pick<Clock, 'after'>, perTurn = PER_TURN): Turnstile {
  let waiting: (() => void)[] = []
  let left = perTurn
  let cancel: (() => void) | null = null

  function turn() {
    const going = waiting.slice(0, perTurn)
    waiting = waiting.slice(perTurn)
    left = perTurn - going.length
    cancel = going.length > 0 ? clock.after(0, turn) : null
    for (const go of going) go()
  }

  return {
    pass() {
      cancel ??= clock.after(0, turn)
      if (left === 0) return new Promise((resolve) => waiting.push(resolve))
      left--
      return null
    },
    stop() {
      cancel?.()
      left = 0
      waiting = []
    },
  }
}

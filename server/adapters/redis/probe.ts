// Asks every few seconds whether what this node publishes comes back to it: silence is found within 7 s.
import type { Clock } from '../../app/ports.ts'

const EVERY_MS = 5_000
const ECHO_MS = 2_000

type Deps = {
  clock: Clock
  /** False when there is nothing to ask about now. */
  send: (n: number) => boolean
  silent: () => void
}

export function createProbe({ clock, send, silent }: Deps) {
  let n = 0
  let heard = 0
  let cancel = clock.after(EVERY_MS, ask)

  function ask() {
    if (!send(++n)) heard = n
    cancel = clock.after(ECHO_MS, () => {
      if (heard < n) silent()
      cancel = clock.after(EVERY_MS - ECHO_MS, ask)
    })
  }

  return {
    echo(probe: number) {
      heard = Math.max(heard, probe)
    },
    stop: () => cancel(),
  }
}

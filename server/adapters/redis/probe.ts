// Asks every few seconds whether what this node publishes comes back to it.
import type { Clock } from '../../app/ports.ts'

const EVERY_MS = 5_000
const ECHO_MS = 2_000

type Deps = { clock: Clock; send: (n: number) => void; silent: () => void }

export function createProbe({ clock, send, silent }: Deps) {
  let n = 0
  let heard = 0
  let cancel = clock.after(EVERY_MS, ask)

  function ask() {
    send(++n)
    cancel = clock.after(ECHO_MS, () => {
      if (heard < n) silent()
      cancel = clock.after(EVERY_MS - ECHO_MS, ask)
    })
  }

  return {
    echo(probe: number | undefined) {
      heard = Math.max(heard, probe ?? 0)
    },
    stop: () => cancel(),
  }
}

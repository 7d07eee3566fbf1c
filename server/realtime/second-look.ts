// Rights that may have ended, for many open sockets at once: each is looked up again, some at a time, so that a gate
// that changes before a full house neither stops the house nor asks the database for all of it in one breath.
import type { CloseCode } from '../../shared/protocol/index.ts'
import type { Clock, Log, OpenSecondLook, SecondLook } from '../app/ports.ts'

/** As many as one question takes (realtime/shared-question.ts): others get their turn in between. */
const AT_ONCE = 100
/** While nobody can say, nobody is closed; it is asked again until somebody can. */
const AGAIN_MS = 1_000

type Deps = { clock: Pick<Clock, 'after'>; log: Pick<Log, 'fault'> }

export const openSecondLook =
  (deps: Deps): OpenSecondLook =>
  (verdict) =>
    createSecondLook(deps, verdict)

/** Closing what is closed must do nothing. */
function createSecondLook<T extends { close(code: CloseCode): void }>(
  { clock, log }: Deps,
  verdict: (socket: T) => Promise<CloseCode | null>,
): SecondLook<T> {
  const waiting = new Set<T>()
  let looking = false
  let stopped = false
  let cancel: (() => void) | null = null

  async function look(socket: T): Promise<void> {
    const code = await verdict(socket)
    if (code !== null) socket.close(code)
  }

  async function work(): Promise<void> {
    looking = true
    while (waiting.size > 0 && !stopped) {
      const some = [...waiting].slice(0, AT_ONCE)
      // Whose right changes once more meanwhile is put in again, and looked at again.
      for (const socket of some) waiting.delete(socket)
      try {
        await Promise.all(some.map(look))
      } catch (error) {
        log.fault('gate', error)
        for (const socket of some) waiting.add(socket)
        break
      }
    }
    looking = false
    if (waiting.size > 0 && !stopped) cancel = clock.after(AGAIN_MS, begin)
  }

  function begin(): void {
    if (looking || stopped) return
    cancel?.()
    cancel = null
    work().catch((error: unknown) => log.fault('gate', error))
  }

  return {
    at(sockets) {
      for (const socket of sockets) waiting.add(socket)
      begin()
    },
    stop() {
      stopped = true
      waiting.clear()
      cancel?.()
    },
  }
}

// What a full Postgres does in the background and the embedded engine does not: checkpoints, without which the
// write-ahead log and the next start only grow, and vacuum. Runs on the server's own connection, between queries.
import type { Clock, Log } from '../../app/ports.ts'

const CHECKPOINT_MS = 5 * 60_000
/** In checkpoints: six hours. */
const VACUUM_EVERY = 72

/** Returns the function that ends it. */
export function startUpkeep(
  run: (sql: string) => Promise<unknown>,
  { clock, log }: { clock: Clock; log: Pick<Log, 'fault'> },
): () => void {
  let ended = false
  let cancel = schedule(1)

  function schedule(round: number) {
    return clock.after(CHECKPOINT_MS, () => {
      // One at a time: the next is set when this one is over.
      run(round % VACUUM_EVERY === 0 ? 'vacuum (analyze)' : 'checkpoint')
        .catch((error: unknown) => log.fault('database upkeep', error))
        .then(() => {
          if (!ended) cancel = schedule(round + 1)
        })
        .catch(() => undefined)
    })
  }
  return () => {
    ended = true
    cancel()
  }
}

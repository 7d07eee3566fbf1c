// What a full Postgres does in the background and the embedded engine does not: checkpoints, without which the
// write-ahead log and the next start only grow, and vacuum. Runs on the server's own connection, between queries.
import type { Clock, Log } from '../../app/ports.ts'

const CHECKPOINT_MS = 5 * 60_000
const VACUUM_EVERY = 72 // checkpoints: six hours

/** Returns the function that ends it. */
export function startUpkeep(
  run: (sql: string) => Promise<unknown>,
  { clock, log }: { clock: Clock; log: Pick<Log, 'fault'> },
): () => void {
  let round = 0
  let cancel = schedule()
  function schedule() {
    return clock.after(CHECKPOINT_MS, () => {
      round++
      const work = round % VACUUM_EVERY === 0 ? run('vacuum (analyze)') : run('checkpoint')
      work
        .catch((error: unknown) => log.fault('database upkeep', error))
        .finally(() => (cancel = schedule()))
        .catch(() => undefined)
    })
  }
  return () => cancel()
}

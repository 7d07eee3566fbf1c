// One key for all nodes of a database: with two, each would turn the other's people away without a word.
import type { Keys, Log } from './ports.ts'

const OTHER_KEY =
  'the other nodes of this database sign with another key. Set SESSION_KEY to theirs (unless set, it is in ' +
  'keys/session.key of their DATA_DIR). To give all of them a new key, which signs everybody out, stop them and ' +
  'run: npm run migrate -- --new-session-key'

/** Throws when others use another key. `alone`: no other node can be there, so a new key (its file was lost or
 * taken away) is taken for what it is. */
export async function agreeOnKey(deps: {
  keys: Keys
  mark: string
  alone: boolean
  log: Log
}): Promise<void> {
  const outcome = await deps.keys.settle(deps.mark, deps.alone)
  if (outcome === 'other') throw new Error(OTHER_KEY)
  if (outcome === 'replaced') deps.log.warn('key.replaced', { says: 'everybody signs in again' })
}

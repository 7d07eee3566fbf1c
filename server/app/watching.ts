// Whether somebody may watch, as media ask it: pages, playlists and segments over HTTP, many times a second, with a
// session or without.
import type { StreamId } from '../../shared/ids.ts'
import { createRecently } from './recently.ts'
import type { Admission, Clock, PassClaims } from './ports.ts'

/** `who` is called when it is needed; null: no session. */
export type MayWatch = (stream: StreamId, who: () => Promise<{ session: string } | null>) => Promise<boolean>

type Deps = {
  admission: (asked: Pick<PassClaims, 'session' | 'stream'>) => Promise<Admission>
  revocations: { listen(listener: { revoked(): void; missed(): void }): () => void }
  clock: Pick<Clock, 'now'>
}

/** No session has this id. */
const NO_SESSION = ''

/** Of a session that has ended what counts is what a stranger may. */
export function createMayWatch(deps: Deps): MayWatch {
  const answers = createRecently<boolean>(deps)
  return async (stream, who) => {
    const session = (await who())?.session ?? NO_SESSION
    return answers.ask(`${stream} ${session}`, async () => {
      const { banned, refused } = await deps.admission({ session, stream })
      return !banned && refused === null
    })
  }
}

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
/** About 10 MB of whom was let in; beyond it the first is forgotten, and waits out an outage like somebody new. */
const MOST_LET_IN = 100_000

/** Of a session that has ended what counts is what a stranger may. */
export function createMayWatch(deps: Deps): MayWatch {
  const answers = createRecently<boolean>(deps)
  /** Since the last right that ended anywhere: while nobody can say that they may not, their picture goes on. */
  const letIn = new Set<string>()
  const forget = () => letIn.clear()
  deps.revocations.listen({ revoked: forget, missed: forget })

  function keep(key: string, may: boolean): boolean {
    if (!may) letIn.delete(key)
    else letIn.add(key)
    const [first] = letIn.size > MOST_LET_IN ? letIn : []
    if (first !== undefined) letIn.delete(first)
    return may
  }

  return async (stream, who) => {
    const session = (await who())?.session ?? NO_SESSION
    const key = `${stream} ${session}`
    const find = async () => {
      const { banned, refused } = await deps.admission({ session, stream })
      return keep(key, !banned && refused === null)
    }
    return answers.ask(key, () =>
      find().catch((error: unknown) => {
        if (letIn.has(key)) return true
        throw error
      }),
    )
  }
}

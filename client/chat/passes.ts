// One pass for everything this page opens. Two askers at once share one request: without a session every pass
// call mints a guest, and a chat and a player that are two different people would be counted twice.
import type { Pass } from '../../shared/api/streams.ts'
import type { Answer } from './rest.ts'
import type { Clock } from './surroundings.ts'

const SPARE_MS = 20_000

export type Passes = ReturnType<typeof createPasses>

export function createPasses(deps: { ask: () => Promise<Answer<Pass>>; clock: Clock }) {
  let asking: Promise<Answer<Pass>> | null = null
  let current: Pass | null = null

  async function ask(): Promise<Answer<Pass>> {
    const answer = await deps.ask()
    asking = null
    if (answer.ok) current = answer.value
    return answer
  }

  return {
    /** A pass that still lives a while: a reconnecting room does not have to ask again. */
    get(): Promise<Answer<Pass>> {
      if (current && current.expiresAt - deps.clock.now() > SPARE_MS)
        return Promise.resolve({ ok: true, value: current })
      return (asking ??= ask())
    },
    /** A pass refused, or a person changed: the next `get` asks anew. */
    drop(): void {
      current = null
    },
  }
}

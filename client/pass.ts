// One pass for everything a page opens to one stream. Two askers at once share one request: without a session
// each pass call mints a guest, and a chat and a player must be the same person.
import type { Pass } from '../shared/api/streams.ts'
import type { Answer, Denial } from './api.ts'

/** A pass used in its last minute could expire on the way. */
const SPARE_MS = 60_000

export class PassRefused extends Error {
  readonly denial: Denial
  constructor(denial: Denial) {
    super(`pass refused: ${denial.code}`)
    this.name = 'PassRefused'
    this.denial = denial
  }
}

export type PassSource = ReturnType<typeof createPassSource>

export function createPassSource(ask: () => Promise<Answer<Pass>>, now: () => number) {
  let current: Pass | null = null
  let asking: Promise<Pass> | null = null

  async function fresh(): Promise<Pass> {
    const answer = await ask()
    asking = null
    if (!answer.ok) throw new PassRefused(answer.denial)
    return (current = answer.value)
  }

  return {
    /** Rejects with PassRefused. */
    get(): Promise<Pass> {
      if (current && current.expiresAt - now() > SPARE_MS) return Promise.resolve(current)
      return (asking ??= fresh())
    },
    /** The server refused it, or the person changed: the next `get` asks anew. */
    drop(): void {
      current = null
    },
  }
}

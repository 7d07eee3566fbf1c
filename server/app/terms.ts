// Blocked terms as a node knows them (P25). They are read with the room and kept until the journal says that others are
// in force: it compares versions when it writes, so a stale copy costs a second try and lets nothing through.
import { fold } from '../domain/fold.ts'
import { hasLink } from '../domain/links.ts'
import { createMatcher } from '../domain/terms.ts'
import type { Matcher } from '../domain/terms.ts'
import type { StreamId } from '../../shared/ids.ts'
import type { Moderation } from './moderation-ports.ts'
import type { Terms, Traits } from './ports.ts'

/** Streams whose terms are kept; of any other the first message is tried twice. */
const MOST_STREAMS = 1_000

export type KnownTerms = {
  /** Reads them anew. With the room, so that the first message does not wait. Rejects when the database is away. */
  load(stream: StreamId): Promise<void>
  /** Those of `stale` are no longer in force. Calls of one stream resolve in their order. */
  refresh(stream: StreamId, stale: number): Promise<void>
  /** 0 when none are known. */
  version(stream: StreamId): number
  /** At once, from what is known. */
  traitsOf(stream: StreamId, text: string): Traits
}

type Known = { terms: Terms; find: Matcher }
const NONE: Known = { terms: { ver: 0, terms: [] }, find: createMatcher([]) }

export function createKnownTerms(deps: {
  moderation: Pick<Moderation, 'termsOf'>
  /** SHA-256, hex. */
  digest: (text: string) => string
}): KnownTerms {
  const { moderation, digest } = deps
  const streams = new Map<StreamId, Known>()
  /** What reads of one stream wait for. */
  const reading = new Map<StreamId, Promise<void>>()
  const known = (stream: StreamId): Known => streams.get(stream) ?? NONE

  async function read(stream: StreamId): Promise<void> {
    const terms = await moderation.termsOf(stream)
    const before = known(stream)
    const find = before.terms.ver === terms.ver ? before.find : createMatcher(terms.terms)
    streams.delete(stream)
    streams.set(stream, { terms, find })
    for (const oldest of streams.keys()) {
      if (streams.size <= MOST_STREAMS) break
      streams.delete(oldest)
    }
  }

  return {
    load: read,
    refresh(stream, stale) {
      const before = reading.get(stream) ?? Promise.resolve()
      const mine = before.then(() => (known(stream).terms.ver === stale ? read(stream) : undefined))
      const settled = mine.catch(() => undefined)
      reading.set(stream, settled)
      settled
        .then(() => {
          if (reading.get(stream) === settled) reading.delete(stream)
        })
        .catch(() => undefined)
      return mine
    },
    version: (stream) => known(stream).terms.ver,
    traitsOf(stream, text) {
      const { terms, find } = known(stream)
      return { fold: digest(fold(text)), link: hasLink(text), termsVer: terms.ver, term: find(text).term }
    },
  }
}

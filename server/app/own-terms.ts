// The blocked terms of a host, as the host reads and writes them (P25).
import type { BlockedTerms, TermsRequest } from '../../shared/api/moderation.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { tidyTerms } from '../domain/terms.ts'
import type { Moderation } from './moderation-ports.ts'
import type { Who } from './sessions.ts'

export type OwnTerms = ReturnType<typeof createOwnTerms>

export function createOwnTerms(moderation: Pick<Moderation, 'ownTerms' | 'setTerms'>) {
  return {
    async read({ principal }: Who): Promise<Result<BlockedTerms>> {
      if (!principal.canHost) return deny('not_allowed')
      const { terms } = await moderation.ownTerms(principal.id)
      return ok({ terms: [...terms] })
    },
    /** Nodes learn of it when the next message is refused as judged by older ones. */
    async write({ principal }: Who, request: TermsRequest): Promise<Result<BlockedTerms>> {
      if (!principal.canHost) return deny('not_allowed')
      const terms = tidyTerms(request.terms)
      if (!terms.ok) return terms
      const set = await moderation.setTerms(principal.id, terms.value)
      return set.ok ? ok({ terms: terms.value }) : set
    },
  }
}

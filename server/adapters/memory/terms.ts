// Blocked terms in the memory tables.
import type { Moderation } from '../../app/moderation-ports.ts'
import { deny, ok } from '../../../shared/protocol/index.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import type { Tables } from './tables.ts'

export function createMemoryModeration(tables: Pick<Tables, 'people' | 'streams' | 'terms'>): Moderation {
  const own = (host: PrincipalId) => tables.terms.get(host) ?? { ver: 0, terms: [] }
  return {
    termsOf: (stream) => Promise.resolve(own(tables.streams.get(stream)?.host.id ?? '')),
    ownTerms: (host) => Promise.resolve(own(host)),
    setTerms(host, terms) {
      if (!tables.people.get(host)?.canHost) return Promise.resolve(deny('not_allowed'))
      const before = own(host)
      if (before.ver > 0 && JSON.stringify(before.terms) === JSON.stringify(terms))
        return Promise.resolve(ok(before))
      const after = { ver: before.ver + 1, terms: [...terms] }
      tables.terms.set(host, after)
      return Promise.resolve(ok(after))
    },
  }
}

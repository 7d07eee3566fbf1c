// REST: what a host forbids in all of its streams.
import * as v from 'valibot'
import { LIMITS } from '../protocol/limits.ts'

/** Shape and a hostile-size cap; domain/terms decides what a pattern may be. */
const term = v.strictObject({
  pattern: v.pipe(v.string(), v.maxLength(LIMITS.termChars * 4)),
  action: v.picklist(['hold', 'refuse']),
})

/** PUT /api/studio/terms (accounts that may host): all blocked terms at once, words as they are or with `*` for any
 * letters of one word. A pattern that cannot be is `bad_request` with the field `terms.<index>.pattern`. */
export const termsRequest = v.strictObject({ terms: v.pipe(v.array(term), v.maxLength(LIMITS.terms)) })
export type TermsRequest = v.InferOutput<typeof termsRequest>

/** GET /api/studio/terms, and the answer of PUT: tidied, each pattern once. */
export type BlockedTerms = TermsRequest

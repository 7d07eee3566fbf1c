// What the REST surfaces of moderation answer.
import type { TermLine } from './terms.ts'

/** GET and PUT /api/studio/terms (hosts) */
export type Terms = { terms: TermLine[] }

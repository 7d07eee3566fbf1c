// Blocked terms as their editor has them: one on a line, what is held apart from what is refused.
import type { TermsRequest } from '../../../shared/api/moderation.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { pointsIn } from './points.ts'

export type TermLine = TermsRequest['terms'][number]
export type TermAction = TermLine['action']
export type TermTexts = Record<TermAction, string>
/** `line` counts from 1. */
export type TermProblem = { action: TermAction; line: number; says: string }

const ACTIONS = ['hold', 'refuse'] as const

export function textsOf(terms: readonly TermLine[]): TermTexts {
  const text = (action: TermAction) =>
    terms
      .filter((term) => term.action === action)
      .map(({ pattern }) => pattern)
      .join('\n')
  return { hold: text('hold'), refuse: text('refuse') }
}

/** Empty lines say nothing. `lines` tells for each term where it stands. */
export function termsOf(texts: TermTexts): { terms: TermLine[]; lines: Omit<TermProblem, 'says'>[] } {
  const all = ACTIONS.flatMap((action) =>
    texts[action].split('\n').flatMap((text, index) => {
      const pattern = text.trim()
      return pattern === '' ? [] : [{ term: { pattern, action }, line: { action, line: index + 1 } }]
    }),
  )
  return { terms: all.map(({ term }) => term), lines: all.map(({ line }) => line) }
}

/** What can be said before the server is asked. */
export function problemsOf(texts: TermTexts): TermProblem[] {
  const { terms, lines } = termsOf(texts)
  const seen = new Set<string>()
  return terms.flatMap(({ pattern }, index) => {
    const place = lines[index]
    const key = pattern.normalize('NFKC').toLowerCase()
    const twice = seen.has(key)
    seen.add(key)
    const says = problemOf(pattern, index, twice)
    return place && says !== undefined ? [{ ...place, says }] : []
  })
}

function problemOf(pattern: string, index: number, twice: boolean): string | undefined {
  if (index >= LIMITS.terms) return `At most ${LIMITS.terms} words in all.`
  if (pointsIn(pattern) > LIMITS.termChars) return `At most ${LIMITS.termChars} characters.`
  if (/^[*\s]+$/.test(pattern)) return 'This would match everything. Add letters beside the *.'
  return twice ? 'This is there already.' : undefined
}

/** A refusal that names a term by its place in the list (`terms.3.pattern`) is said at its line. */
export function problemAt(texts: TermTexts, field: string | undefined): TermProblem | undefined {
  const index = /^terms\.(\d+)(?:\.|$)/.exec(field ?? '')?.[1]
  const place = index === undefined ? undefined : termsOf(texts).lines[Number(index)]
  return place && { ...place, says: 'This cannot be a blocked word. Write it with letters.' }
}

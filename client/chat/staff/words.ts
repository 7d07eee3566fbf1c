// The words for what moderation knows: why something waits, why somebody reported it, what happened to it.
import { ERRORS } from '../../../shared/protocol/errors.ts'
import type { Held, Rules } from '../../../shared/protocol/events.ts'
import { spanText } from './spans.ts'

export function heldWords({ reason, matched }: Pick<Held, 'reason' | 'matched'>): string {
  switch (reason) {
    case 'term':
      return matched === undefined ? 'Held for a blocked word' : `Held for the word “${matched}”`
    case 'link':
      return 'Held for a link'
    case 'review':
      return 'Held because every message is reviewed'
  }
}

/** Null when all went well. Who lost a race did nothing wrong, and what they wanted settled is settled. */
export function kindly(problem: string | null): string | null {
  return problem === ERRORS.wrong_state.says ? 'Somebody else decided this a moment before you.' : problem
}

const WHO: Record<Rules['who'], string> = {
  everyone: 'everyone may write',
  accounts: 'only accounts may write',
  members: 'only members may write',
}

/** One line for the log: what differs from an open room. */
export function rulesWords(rules: Rules): string {
  const parts = [WHO[rules.who]]
  if (rules.minAgeSeconds > 0) parts.push(`accounts at least ${spanText(rules.minAgeSeconds)} old`)
  if (rules.links !== 'allowed') parts.push(`links ${rules.links}`)
  if (rules.review) parts.push('every message reviewed')
  if (rules.duplicateSeconds > 0) parts.push(`no repeats within ${spanText(rules.duplicateSeconds)}`)
  if (rules.delaySeconds > 0) parts.push(`viewers see it ${spanText(rules.delaySeconds)} later`)
  return parts.join(', ')
}

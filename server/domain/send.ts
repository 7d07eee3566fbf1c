// What becomes of a message: out at once, held, or refused, and which of several reasons is told. The promises P13,
// P14, P15 and P19 as one function, after identity and repetition are settled. Pure. The database holds the same
// rules and has the last word.
import { deny } from '../../shared/protocol/errors.ts'
import type { Denial } from '../../shared/protocol/errors.ts'
import type { HoldReason, Role, Rules } from '../../shared/protocol/events.ts'
import { slowWait } from './slow.ts'

/** Times are Unix ms. */
export type Sending = {
  to: 'room' | 'thread'
  role: Role
  /** The name looks like that of the host or of a moderator, and is not. */
  lookalike: boolean
  /** The host ended the conversation with this viewer, in either direction. */
  blocked: boolean
  guest: boolean
  member: boolean
  createdAt: number
  timeout: { until: number; reason: string | null } | null
  rules: Rules
  slowSeconds: number
  /** The version of the host's blocked terms now. */
  termsVer: number
  /** What was found in the text; null: nobody looked. */
  found: {
    link: boolean
    termsVer: number
    term: { pattern: string; action: 'hold' | 'refuse' } | null
  } | null
  /** When this person last wrote in public here, and when the same words: what is held counts in both. */
  lastPublicAt: number | null
  lastSameAt: number | null
}

/** `matched` is the blocked term. */
export type Hold = { hold: HoldReason; matched?: string }

const no = (code: Denial['code'], more: Omit<Denial, 'code'> = {}): Denial => deny(code, more).denial

/** Null: it goes out. Host and moderators are free of everything but a block of their own thread. */
export function verdictOf(sending: Sending, now: number): Denial | Hold | null {
  if (sending.to === 'thread' && sending.blocked) return no('thread_closed') // P19
  if (sending.role !== 'viewer') return null
  if (sending.lookalike) return no('name_reserved')
  if (sending.to === 'thread') return null
  return refusalOf(sending, now) ?? holdOf(sending)
}

function refusalOf(sending: Sending, now: number): Denial | null {
  const { timeout, rules, found } = sending
  if (timeout && timeout.until > now) {
    const { until, reason } = timeout
    return no('timed_out', { retryAfterMs: until - now, ...(reason === null ? {} : { reason }) }) // P14
  }
  if (rules.who === 'accounts' && sending.guest) return no('accounts_only')
  if (rules.who === 'members' && !sending.member) return no('members_only')
  const young = sending.createdAt + rules.minAgeSeconds * 1_000 - now
  if (rules.minAgeSeconds > 0 && young > 0) return no('account_too_new', { retryAfterMs: young })
  // What was looked for is no longer what is asked: the answer about terms would be of yesterday.
  if ((found?.termsVer ?? 0) !== sending.termsVer) return no('rules_changed')
  if (found?.term?.action === 'refuse') return no('text_blocked')
  if (found?.link === true && rules.links === 'refused') return no('link_refused')
  const slow = slowWait(sending, sending.slowSeconds, now)
  if (slow > 0) return no('slow_mode', { retryAfterMs: slow }) // M8
  const repeated = sinceSame(sending.lastSameAt, rules.duplicateSeconds, now)
  return repeated > 0 ? no('duplicate', { retryAfterMs: repeated }) : null
}

/** A clock that stepped back must not lengthen the wait beyond one interval. */
function sinceSame(at: number | null, seconds: number, now: number): number {
  return at === null ? 0 : Math.max(0, seconds * 1_000 - Math.max(0, now - at))
}

function holdOf({ found, rules }: Sending): Hold | null {
  if (found?.term?.action === 'hold') return { hold: 'term', matched: found.term.pattern }
  if (found?.link === true && rules.links === 'held') return { hold: 'link' }
  return rules.review ? { hold: 'review' } : null
}

// Why this person cannot write just now, or not this: what the server said last, what a notice told, what the rules
// say beforehand. The text stays with its writer; this is what stands beside it.
import { ERRORS, type ErrorCode } from '../../shared/protocol/errors.ts'
import type { Rules } from '../../shared/protocol/events.ts'
import type { Err } from '../../shared/protocol/frames.ts'
import { durationText } from '../ui/time.ts'
import type { Delivery } from './outbox.ts'
import type { LogView, Room } from './room.ts'

/** `until` on this client's clock; null: nobody knows. */
export type Stop = { code: ErrorCode; says: string; reason: string | null; until: number | null }
/** By draft: the lane, and in the host's inbox the person (`draftKey`). */
export type Stops = Readonly<Partial<Record<string, Stop>>>

/** These hold for the next message as well. */
const PERSON: readonly ErrorCode[] = [
  'timed_out',
  'account_too_new',
  'accounts_only',
  'members_only',
  'thread_closed',
]
/** These are about the words: other ones may go. */
const WORDS: readonly ErrorCode[] = ['text_blocked', 'link_refused']
/** Another rule of the room may let them pass. */
const RULED: readonly ErrorCode[] = ['account_too_new', 'accounts_only', 'members_only', 'link_refused']

/** The text goes back to where it was written, and the reason stands there. */
export const goesBack = (delivery: Delivery): boolean =>
  delivery.is === 'refused' && [...PERSON, ...WORDS].includes(delivery.code)

/** Sending now would only be refused again. A closed thread or a list of members may have changed: one may try. */
export const forbids = ({ code }: Stop): boolean =>
  code === 'timed_out' || code === 'account_too_new' || code === 'accounts_only'

export function stopOf(
  { code, says, reason, retryAfterMs }: Err,
  now: number,
  isHost: boolean,
): Stop | undefined {
  if (![...PERSON, ...WORDS].includes(code)) return undefined
  const until = retryAfterMs === undefined ? null : now + retryAfterMs
  const words = isHost && code === 'thread_closed' ? BLOCKED : says || ERRORS[code].says
  return { code, says: words, reason: reason ?? null, until }
}
const BLOCKED = 'You have blocked this person. Unblock them to write here.'

/** What is left of a stop after the room changed from `before`: rules and the end of a timeout undo some. */
export function stillStopped(stop: Stop, before: Room, room: Room): boolean {
  if (before.you !== null && before.you.id !== room.you?.id) return false
  if (RULED.includes(stop.code)) return before.rules === room.rules || sameRules(before.rules, room.rules)
  if (stop.code !== 'timed_out') return true
  const seen = before.logs.thread?.seq ?? 0
  return !room.logs.thread?.entries.some(
    ({ seq, event }) => seq > seen && event.type === 'notice' && event.notice.is === 'timeout_ended',
  )
}

const sameRules = (one: Rules, other: Rules) =>
  Object.entries(one).every(([rule, value]) => other[rule as keyof Rules] === value)

/** Gone as soon as the words change. */
export const isAboutWords = ({ code }: Stop): boolean => WORDS.includes(code)

/** The newest timeout of this person that its own thread tells of, over or not. `skew`: server clock minus ours. */
export function ownTimeout(thread: LogView | undefined, skew: number): Stop | undefined {
  const entry = thread?.entries.findLast(
    ({ event }) =>
      event.type === 'notice' && (event.notice.is === 'timed_out' || event.notice.is === 'timeout_ended'),
  )
  if (entry?.event.type !== 'notice' || entry.event.notice.is !== 'timed_out') return undefined
  const { until, reason } = entry.event.notice
  return { code: 'timed_out', says: ERRORS.timed_out.says, reason, until: until - skew }
}

/** What stops this person in public before it tries. */
export function stopBefore(
  { you, rules, thread }: Pick<Room, 'you' | 'rules'> & { thread: LogView | undefined },
  skew: number,
): Stop | undefined {
  if (you?.role !== 'viewer') return undefined
  if (rules.who === 'accounts' && you.guest)
    return { code: 'accounts_only', says: ERRORS.accounts_only.says, reason: null, until: null }
  return ownTimeout(thread, skew)
}

/** What one should know of the rules before writing; nothing for host and moderators, who are free of them. */
export function ruleHints({ you, rules }: Pick<Room, 'you' | 'rules'>): string[] {
  if (you?.role !== 'viewer') return []
  const hints: string[] = []
  if (rules.who === 'members') hints.push('Only members can write here')
  if (rules.minAgeSeconds > 0) hints.push(`New people can write after ${ageText(rules.minAgeSeconds)}`)
  if (rules.review) hints.push('Messages appear after review')
  if (rules.links === 'refused') hints.push('No links')
  if (rules.links === 'held' && !rules.review) hints.push('Links are held for review')
  return hints
}

export function ageText(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  if (days > 0) return days === 1 ? 'a day' : `${days} days`
  return seconds < 60 ? `${seconds} seconds` : durationText(seconds * 1_000)
}

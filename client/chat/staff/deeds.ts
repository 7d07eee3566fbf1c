// The audit trail in words: who did what to whom, and why. Also what was settled a moment ago, in one line: two
// people who work on one queue must see why an item went.
import type { PrincipalId } from '../../../shared/ids.ts'
import type { Person } from '../../../shared/protocol/events.ts'
import type { TrailDeed, TrailLine } from '../backstage.ts'
import { slowText } from '../lines.ts'
import { spanText } from './spans.ts'
import { rulesWords } from './words.ts'

export type Told = {
  /** Between the two names: `banned`, `approved a message of`. */
  did: string
  target?: Person
  /** After the second name: `for 10 minutes`. */
  more?: string
  /** The words it was about; null when they are no longer kept. */
  quote?: string | null
  reason?: string | null
}

type PlainDeed = Exclude<
  TrailDeed['is'],
  | 'deleted'
  | 'wiped'
  | 'timed_out'
  | 'banned'
  | 'appointed'
  | 'noted'
  | 'slowed'
  | 'ruled'
  | 'approved'
  | 'rejected'
  | 'resolved'
>

const PLAIN: Record<PlainDeed, { did: string; more?: string }> = {
  timeout_ended: { did: 'ended the timeout of' },
  unbanned: { did: 'ended the ban of' },
  dismissed: { did: 'took', more: 'off the moderators' },
  blocked: { did: 'blocked the private messages of' },
  unblocked: { did: 'allowed the private messages of' },
  enrolled: { did: 'made', more: 'a member' },
  expelled: { did: 'took', more: 'off the members' },
}

export function told({ deed, at }: Pick<TrailLine, 'deed' | 'at'>): Told {
  switch (deed.is) {
    case 'approved':
    case 'rejected':
      return about(`${deed.is} a message`, deed.held)
    case 'resolved':
      return about('closed the reports of a message', deed.message)
    case 'deleted':
      return about('deleted a message', deed.message)
    case 'wiped': {
      const { target, count } = deed
      return { did: `deleted ${count} ${count === 1 ? 'message' : 'messages'} of`, target }
    }
    case 'timed_out': {
      const { target, until, reason } = deed
      return { did: 'timed out', target, more: `for ${lasting(until, at)}`, reason }
    }
    case 'banned': {
      const { target, until, reason } = deed
      return {
        did: 'banned',
        target,
        more: until === null ? 'for good' : `for ${lasting(until, at)}`,
        reason,
      }
    }
    case 'appointed': {
      const { target, everywhere } = deed
      return { did: 'made', target, more: everywhere ? 'a moderator of all streams' : 'a moderator' }
    }
    case 'noted':
      return { did: 'noted about', target: deed.target, quote: deed.text }
    case 'slowed':
      return { did: 'set the pace:', more: slowText(deed.seconds) }
    case 'ruled':
      return { did: 'set the rules:', more: rulesWords(deed.rules) }
    case 'timeout_ended':
    case 'unbanned':
    case 'dismissed':
    case 'blocked':
    case 'unblocked':
    case 'enrolled':
    case 'expelled':
      return { ...PLAIN[deed.is], target: deed.target }
  }
}

/** Settled and closed entries name their message by id: it may be too far back to be at hand. */
function about(did: string, message: { author: Person; text: string | null } | null): Told {
  return message ? { did: `${did} of`, target: message.author, quote: message.text } : { did }
}

/** The entry is written a moment after its end was reckoned: to the second. */
const lasting = (until: number, at: number): string => spanText((until - at) / 1_000)

/** Lines that name somebody as was typed. */
export function naming(lines: readonly TrailLine[], typed: string): readonly TrailLine[] {
  const sought = typed.trim().toLocaleLowerCase()
  if (sought === '') return lines
  return lines.filter((line) =>
    [line.by, told(line).target].some((person) => person?.name.toLocaleLowerCase().includes(sought)),
  )
}

/** The newest verdict or closed report after `since`; null when there is none. `lines` as `trail` gives them. */
export function newsOf(lines: readonly TrailLine[], since: number, you: PrincipalId): string | null {
  const line = lines.find(({ deed }) => ['approved', 'rejected', 'resolved'].includes(deed.is))
  if (!line || line.seq <= since) return null
  const { did, target } = told(line)
  return `${line.by.id === you ? 'You' : line.by.name} ${did}${target ? ` ${target.name}` : ''}.`
}

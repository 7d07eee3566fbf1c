// Unsent messages over a reload, on the writer's own device: one key per message, so that two tabs of the same
// person never overwrite each other's, gone as soon as the server has the message.
import type { Cmid, PrincipalId } from '../../shared/ids.ts'
import type { Outgoing } from './outbox.ts'
import type { Clock, Shelf } from './surroundings.ts'

const PREFIX = 'stagedoor:unsent:'
/** Older ones are not sent by themselves: the talk has moved on. */
const STALE_MS = 10 * 60_000
const FORGET_MS = 7 * 24 * 3_600_000
const LEFT_BEHIND = 'This was not sent before the page was closed.'
const LEFT_UNSURE = 'The page was closed before it was known whether this was sent.'

export type Unsent = ReturnType<typeof createUnsent>

export function createUnsent(deps: { shelf: Shelf; clock: Clock; slug: string }) {
  const { shelf, clock, slug } = deps

  function read(key: string): Outgoing | undefined {
    try {
      const value: unknown = JSON.parse(shelf.get(key) ?? '')
      return isOutgoing(value) ? value : undefined
    } catch {
      return undefined
    }
  }

  return {
    /** Before the first welcome it is not known who writes; those are kept once it is. */
    put(person: PrincipalId | null, item: Outgoing): void {
      if (person) shelf.set(`${PREFIX}${slug}:${person}:${item.cmid}`, JSON.stringify(item))
    },
    remove(cmid: Cmid): void {
      for (const key of shelf.keys()) if (key.startsWith(PREFIX) && key.endsWith(cmid)) shelf.remove(key)
    },
    /** This person's for this stream, oldest first. What was left behind by anybody long ago goes. */
    load(person: PrincipalId): Outgoing[] {
      const found: Outgoing[] = []
      for (const key of shelf.keys()) {
        if (!key.startsWith(PREFIX)) continue
        const item = read(key)
        const age = item ? clock.now() - item.at : Infinity
        if (!item || age > FORGET_MS) shelf.remove(key)
        else if (key.startsWith(`${PREFIX}${slug}:${person}:`)) found.push(revived(item, age))
      }
      return found.sort((one, other) => one.at - other.at)
    },
  }
}

/** Positions of another page load mean nothing here; it was written after nothing we know. */
function revived(item: Outgoing, age: number): Outgoing {
  if (item.delivery.is === 'refused') return item
  const unsure = item.tries > 0
  const stale = { is: 'refused', code: 'unavailable', says: unsure ? LEFT_UNSURE : LEFT_BEHIND } as const
  return { ...item, tries: 0, unsure, delivery: age > STALE_MS ? stale : { is: 'held' } }
}

function isOutgoing(value: unknown): value is Outgoing {
  if (typeof value !== 'object' || value === null) return false
  const { cmid, lane, text, at, after, tries, delivery } = value as Record<string, unknown>
  return (
    typeof cmid === 'string' &&
    (lane === 'public' || lane === 'private') &&
    typeof text === 'string' &&
    typeof at === 'number' &&
    typeof after === 'number' &&
    typeof tries === 'number' &&
    typeof delivery === 'object' &&
    delivery !== null &&
    'is' in delivery
  )
}

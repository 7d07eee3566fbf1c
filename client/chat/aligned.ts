// Public messages held back until the picture of their moment is there, for viewers who asked for that. Each viewer
// measures the own delay; nobody else's chat changes.
import { createContext } from 'preact'
import { useContext, useEffect, useReducer, useRef } from 'preact/hooks'
import type { PrincipalId } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/events.ts'

/** How far the picture is behind, ms; null: the chat is shown as it comes. */
export const PictureDelay = createContext<number | null>(null)

/** `nextAt`: when the first of the others was said; null: there are no others. One's own words never wait. */
export function alignedTo(
  entries: readonly Entry[],
  moment: number,
  you: PrincipalId | undefined,
): { shown: readonly Entry[]; nextAt: number | null } {
  const waits = ({ at, event }: Entry): boolean =>
    at > moment && event.type === 'said' && event.message.author.id !== you
  const next = entries.find(waits)
  return next
    ? { shown: entries.filter((entry) => !waits(entry)), nextAt: next.at }
    : { shown: entries, nextAt: null }
}

/** `skew`: server clock minus this one's, ms. */
export function useAligned(
  entries: readonly Entry[],
  you: PrincipalId | undefined,
  skew: number,
): readonly Entry[] {
  const delay = useContext(PictureDelay)
  const [, again] = useReducer<number, undefined>((count) => count + 1, 0)
  const before = useRef(entries)
  const moment = Date.now() + skew - (delay ?? 0)
  const { shown, nextAt } =
    delay === null ? { shown: entries, nextAt: null } : alignedTo(entries, moment, you)
  useEffect(() => {
    if (nextAt === null) return
    const timer = setTimeout(() => again(undefined), Math.max(20, nextAt - moment))
    return () => clearTimeout(timer)
  })
  // The same lines again are the same list: rows are drawn only for what is new.
  const same =
    shown.length === before.current.length && shown.every((entry, i) => entry === before.current[i])
  if (!same) before.current = shown
  return before.current
}

// Which of the outgoing messages to show below a log. An entry can arrive before the `ok` that names it (after a
// reconnect it always does), so an unanswered message whose text just came in under our name is not shown twice.
import type { PrincipalId } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/events.ts'
import type { Outgoing } from './outbox.ts'

export function pendingBelow(
  outgoing: readonly Outgoing[],
  entries: readonly Entry[],
  you: PrincipalId | undefined,
  /** This person's words that wait for review: one of ours may be there before its `ok`, too. */
  held: readonly { seq: number; text: string | null }[] = [],
): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing
  const taken = new Set<number>()
  const waiting = new Set<number>()
  return outgoing.filter((item) => {
    if (item.delivery.is === 'refused' || item.delivery.is === 'sent') return true
    const twin = entries.find(({ seq, event }) => {
      if (seq <= item.after || taken.has(seq)) return false
      if (event.type !== 'said' && event.type !== 'whispered') return false
      return event.message.author.id === you && plain(event.message.text) === plain(item.text)
    })
    if (twin) taken.add(twin.seq)
    if (twin || item.lane === 'private') return !twin
    const { afterOwn = Infinity, text } = item
    const kept = held.find(
      (one) => one.seq > afterOwn && !waiting.has(one.seq) && plain(one.text) === plain(text),
    )
    if (kept) waiting.add(kept.seq)
    return !kept
  })
}

/** As the server stores it, or nearly: it composes letters and drops surplus space. */
const plain = (text: string | null) => text?.normalize('NFC').replace(/\s+/g, ' ').trim()

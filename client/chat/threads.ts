// What the host's inbox and a viewer's own thread say about conversations: who, the latest line, how many unread.
import type { PrincipalId } from '../../shared/ids.ts'
import type { Entry, Message } from '../../shared/protocol/events.ts'

export type Person = { id: PrincipalId; name: string }
export type Thread = { viewer: Person; latest: Message; seq: number; unread: number }
/** The seq up to which each thread was read, by viewer. */
export type ReadMarks = Readonly<Record<PrincipalId, number>>

/** Newest conversation first. Unread are the other side's messages beyond the mark; a deleted one asks for nothing. */
export function threadsOf(entries: readonly Entry[], marks: ReadMarks, you: PrincipalId): Thread[] {
  const threads = new Map<PrincipalId, Thread>()
  for (const { seq, event } of entries) {
    if (event.type !== 'whispered') continue
    const { viewer, message } = event
    const unread = message.author.id !== you && message.text !== null && seq > (marks[viewer.id] ?? 0) ? 1 : 0
    const before = threads.get(viewer.id)?.unread ?? 0
    threads.set(viewer.id, { viewer, latest: message, seq, unread: before + unread })
  }
  return [...threads.values()].sort((one, other) => other.seq - one.seq)
}

export function entriesWith(entries: readonly Entry[], viewer: PrincipalId): Entry[] {
  return entries.filter(({ event }) => event.type === 'whispered' && event.viewer.id === viewer)
}

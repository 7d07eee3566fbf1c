// The newest entries of one log in memory, dense and in order, so that joins and resumes do not reach the
// database. A delete takes the text out here too, quotes included (L6).
import { withoutText } from '../domain/tombstone.ts'
import type { Entry } from '../../shared/protocol/index.ts'

export type Ring = {
  /** Takes the entry after the last one. The newest `unseen` do not count: readers are that far behind. */
  push(entry: Entry, unseen?: number): void
  /** Entries up to `seq`, oldest first. */
  upTo(seq: number): Entry[]
  /** Entries `from`..`to` inclusive; null unless every one of them is here. */
  between(from: number, to: number): Entry[] | null
}

export function createRing(size: number, newest: readonly Entry[]): Ring {
  let entries = newest.slice(-size)

  return {
    push(entry, unseen = 0) {
      const { event } = entry
      if (event.type === 'deleted') entries = entries.map((kept) => withoutText(kept, event.target))
      entries.push(entry)
      // Trimmed in steps: moving 500 references for each entry of a busy room would be waste.
      if (entries.length >= size * 2 + unseen) entries = entries.slice(-size - unseen)
    },
    upTo(seq) {
      const newer = entries.length > 0 ? Math.max(0, (entries.at(-1)?.seq ?? 0) - seq) : 0
      const end = Math.max(0, entries.length - newer)
      return entries.slice(Math.max(0, end - size), end)
    },
    between(from, to) {
      const [first, last] = [entries[0]?.seq ?? Infinity, entries.at(-1)?.seq ?? 0]
      return from < first || to > last ? null : entries.slice(from - first, to - first + 1)
    },
  }
}

// What the viewers of one virtual user know together: which entry was sent when. The first one to see an entry
// parses it, the others look it up.
import type { Entry } from '../../shared/protocol/events.ts'
import type { Entries } from '../../shared/protocol/frames.ts'
import type { Marks } from './marks.ts'

export type Stamps = {
  /** When the message of this seq was sent; null for other entries; undefined when nobody here has seen it. */
  of(seq: number): number | null | undefined
  /** False when the entries are not consecutive, or not those that stood there before. */
  learn(entries: readonly Entry[]): boolean
}

const KEPT = 4_000

export function createStamps(marks: Marks): Stamps {
  const known = new Map<number, { id: string; stamp: number | null }>()
  return {
    of: (seq) => known.get(seq)?.stamp,
    learn(entries) {
      let sound = true
      entries.forEach((entry, nth) => {
        const before = entries[nth - 1]
        if (before && entry.seq !== before.seq + 1) sound = false
        const said = entry.event.type === 'said' ? entry.event.message : null
        const id = said?.id ?? entry.event.type
        const old = known.get(entry.seq)
        if (old && old.id !== id) sound = false
        if (!old) known.set(entry.seq, { id, stamp: said?.text ? marks.stampOf(said.text) : null })
        if (!old) known.delete(entry.seq - KEPT)
      })
      return sound
    },
  }
}

export const entriesOf = (frame: string): Entry[] => (JSON.parse(frame) as Entries).entries

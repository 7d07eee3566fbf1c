// What the viewers of one virtual user know together: which entry was sent when. The first one to see an entry
// parses it, the others look it up; and whoever gets the very frame that somebody got just before has nothing to look
// at, which is most of the time.
import type { Entry } from '../../shared/protocol/events.ts'
import type { Entries } from '../../shared/protocol/frames.ts'
import type { Marks } from './marks.ts'
import { rangeOf } from './scan.ts'

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

/** A frame of room entries, looked at: `stamps` of `first`..`last`, null where there is none. */
export type Seen = { frame: string; first: number; last: number; stamps: (number | null)[]; bent: boolean }

/** `look` answers the same object for the same frame in a row. `thorough` parses it whatever is known. */
export function createLook(stamps: Stamps): (frame: string, thorough: boolean) => Seen {
  let latest: Seen = { frame: '', first: 0, last: 0, stamps: [], bent: false }
  return (frame, thorough) => {
    if (frame === latest.frame) return latest
    const { first, last } = rangeOf(frame)
    let bent = false
    if (thorough || stamps.of(last) === undefined || stamps.of(first) === undefined) {
      const entries = (JSON.parse(frame) as Entries).entries
      bent = !stamps.learn(entries) || entries.length !== last - first + 1
    }
    const list: (number | null)[] = []
    for (let seq = first; seq <= last; seq++) list.push(stamps.of(seq) ?? null)
    latest = { frame, first, last, stamps: list, bent }
    return latest
  }
}

// One log's position on this client: lets entry n through only after n-1, drops what it has, holds what came
// early and says which seqs are missing.
import type { Entry } from '../../shared/protocol/events.ts'
import type { Epoch } from '../../shared/ids.ts'

const HOLD = 200

export type Sequence = ReturnType<typeof createSequence>

export function createSequence(epoch: Epoch, start: number) {
  let seq = start
  let newest = start
  const held = new Map<number, Entry>()

  return {
    epoch,
    seq: () => seq,
    /** The entries that are now in order, oldest first. */
    take(entries: readonly Entry[]): Entry[] {
      const ready: Entry[] = []
      for (const entry of entries) {
        newest = Math.max(newest, entry.seq)
        if (entry.seq > seq) held.set(entry.seq, entry)
      }
      for (let next = held.get(seq + 1); next; next = held.get(seq + 1)) {
        held.delete(next.seq)
        seq = next.seq
        ready.push(next)
      }
      return ready
    },
    /** The server's newest position: entries up to it exist. Lets nothing through by itself. */
    heard(position: number): Entry[] {
      newest = Math.max(newest, position)
      return []
    },
    /** The first missing range, inclusive. */
    gap(): { from: number; to: number } | null {
      if (newest <= seq) return null
      let to = newest
      for (const early of held.keys()) to = Math.min(to, early - 1)
      return { from: seq + 1, to }
    },
    overflowing: () => held.size > HOLD,
  }
}

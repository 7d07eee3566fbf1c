// Reactions on their way to the database: counted per second, written once a second.
import type { StreamId } from '../../shared/ids.ts'
import type { Journal, Log } from '../app/ports.ts'

type Row = Parameters<Journal['tally']>[0][number]

/** With the database away, ten minutes of one busy stream; then the oldest seconds go. Totals on screens stay. */
const MAX_ROWS = 3_600

export type Tally = {
  add(stream: StreamId, emoji: string, now: number): void
  /** What the database does not have yet. */
  unwritten(stream: StreamId): Record<string, number>
  /** Writes what waits, or waits for the write under way. Never rejects; what failed waits for the next call. */
  flush(): Promise<void>
}

export function createTally(journal: Pick<Journal, 'tally'>, log: Log): Tally {
  let rows = new Map<string, Row>()
  let writing: Promise<void> | null = null

  function add(row: Row) {
    const key = `${row.stream}:${row.second}:${row.emoji}`
    const same = rows.get(key)
    if (same) same.count += row.count
    else rows.set(key, { ...row })
    const oldest = rows.size > MAX_ROWS ? rows.keys().next() : null
    if (oldest && !oldest.done) rows.delete(oldest.value)
  }

  async function write(): Promise<void> {
    const batch = [...rows.values()]
    rows = new Map()
    try {
      await journal.tally(batch)
    } catch (error) {
      // It may have been written and the answer lost: a reaction too many is better than a wall of none.
      log.fault('reaction tally', error)
      batch.forEach(add)
    }
  }

  return {
    add: (stream, emoji, now) => add({ stream, second: Math.floor(now / 1_000), emoji, count: 1 }),
    unwritten(stream) {
      const totals: Record<string, number> = {}
      for (const row of rows.values())
        if (row.stream === stream) totals[row.emoji] = (totals[row.emoji] ?? 0) + row.count
      return totals
    },
    flush() {
      if (rows.size > 0) writing ??= write().finally(() => (writing = null))
      return writing ?? Promise.resolve()
    },
  }
}

// Positions of single logs, asked together: everybody who joins while one question is under way shares the next.
import { logId } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import type { Journal } from '../app/ports.ts'

export type Position = Awaited<ReturnType<Journal['positions']>>[number]
export type Positions = {
  /** Null for a log of no stream. Rejects when the database is away. */
  of(log: LogKey): Promise<Position | null>
}

type Asked = { log: LogKey; resolve: (position: Position | null) => void; reject: (reason: unknown) => void }

export function createPositions(journal: Pick<Journal, 'positions'>): Positions {
  let waiting: Asked[] = []
  let asking = false

  async function ask(): Promise<void> {
    asking = true
    while (waiting.length > 0) {
      const asked = waiting
      waiting = []
      try {
        const found = await journal.positions(asked.map(({ log }) => log))
        const byId = new Map(found.map((position) => [logId(position.log), position]))
        for (const { log, resolve } of asked) resolve(byId.get(logId(log)) ?? null)
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    asking = false
  }

  return {
    of: (log) =>
      new Promise((resolve, reject) => {
        waiting.push({ log, resolve, reject })
        // Never rejects: every failure has gone to those who asked.
        if (!asking) ask().catch(reject)
      }),
  }
}

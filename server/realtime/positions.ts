// Positions of single logs, asked together.
import { logId } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import type { Journal } from '../app/ports.ts'
import { createSharedQuestion } from './shared-question.ts'

export type Position = Awaited<ReturnType<Journal['positions']>>[number]
export type Positions = {
  /** Null for a log of no stream. Rejects when the database is away. */
  of(log: LogKey): Promise<Position | null>
}

export function createPositions(journal: Pick<Journal, 'positions'>): Positions {
  const of = createSharedQuestion(async (logs: readonly LogKey[]) => {
    const found = await journal.positions(logs)
    const byId = new Map(found.map((position) => [logId(position.log), position]))
    return logs.map((log) => byId.get(logId(log)) ?? null)
  })
  return { of }
}

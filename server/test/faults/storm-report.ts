// Figures of a storm.
import { readFileSync } from 'node:fs'
import type { Counters } from './storm-talk.ts'

/** The value that `part` of `total` stay at or below; Infinity when there are too few. */
export function share(values: readonly number[], part: number, total = values.length): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(total * part) - 1)] ?? Infinity
}

export const only = (counters: Counters, errors: boolean): Counters =>
  Object.fromEntries(Object.entries(counters).filter(([kind]) => kind.startsWith('error') === errors))

type LogLine = {
  level: number
  msg: string
  where?: string
  error?: { message: string; cause?: { message: string } }
}

export function sum(all: readonly Counters[]): Counters {
  const total: Counters = {}
  for (const [kind, count] of all.flatMap((each) => Object.entries(each)))
    total[kind] = (total[kind] ?? 0) + count
  return total
}

/** Warnings and errors in a server's own log, by their words. */
export function complaintsIn(output: string): Counters {
  const complaints: Counters = {}
  for (const text of output.split('\n')) {
    if (!text.startsWith('{')) continue
    const { level, msg, where, error } = JSON.parse(text) as LogLine
    if (level < 40) continue
    const words = [msg, where, error?.message, error?.cause?.message].filter((each) => each).join(': ')
    complaints[words] = (complaints[words] ?? 0) + 1
  }
  return complaints
}

/** User and system time of a process, in seconds (Linux counts it in hundredths). */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

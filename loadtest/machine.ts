// CPU and memory of processes and of the machine, as Linux counts them. Elsewhere nothing is known, and said so.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Linux gives times to programs in hundredths of a second, whatever the kernel itself uses. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4_096

/** Seconds of CPU since the start, and bytes in memory now; of the processes and all their children together. */
export type Usage = { cpuSeconds: number; rssBytes: number }

/** Null when none of them can be seen. */
export function usageOf(pids: readonly number[]): Usage | null {
  const usage = { cpuSeconds: 0, rssBytes: 0 }
  let seen = false
  for (const pid of new Set(pids.flatMap(familyOf))) {
    try {
      // The name of a process is in brackets and may hold anything: fields are counted from behind it.
      const stat = read(pid, 'stat')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      usage.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
      usage.rssBytes += Number(read(pid, 'statm').split(' ')[1]) * PAGE_BYTES
      seen = true
    } catch {
      // It ended meanwhile.
    }
  }
  return seen ? usage : null
}

function familyOf(pid: number): number[] {
  try {
    const children = read(pid, `task/${pid}/children`).trim()
    return [pid, ...(children === '' ? [] : children.split(' ').map(Number).flatMap(familyOf))]
  } catch {
    return [pid]
  }
}

const read = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8')

/** Seconds that all cores together were idle since the machine started; null when unknown. */
export function idleSeconds(): number | null {
  try {
    const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const fields = first.trim().split(/\s+/)
    return Number(fields[4]) / TICKS_PER_SECOND
  } catch {
    return null
  }
}

export const cores = (): number => availableParallelism()

/** How many files one process may open: every socket is one. Infinity when unknown. */
export function openFilesLimit(): number {
  try {
    const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return line?.[1] === undefined || line[1] === 'unlimited' ? Infinity : Number(line[1])
  } catch {
    return Infinity
  }
}

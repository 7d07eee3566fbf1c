// CPU time of whole processes, from /proc: figures that stay true on a machine that others use as well.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import type { Cluster } from '../cluster.ts'

/** Linux counts in hundredths of a second. */
const TICKS = 100

/** Seconds so far. `machine`: of everything that ran, on all cores. */
export type Cpu = { server: number; database: number; machine: number; at: number }
export const cores = availableParallelism()

/** Of a server and its Postgres; without one the database is the busiest other thread of the server's process. */
export function readCpu(server: number | null, cluster: Cluster | null): Cpu {
  const tasks = server === null ? [] : readdirSync(`/proc/${server}/task`)
  const threads = tasks.map((task) => seconds(`/proc/${server}/task/${task}/stat`))
  const main = server === null ? 0 : seconds(`/proc/${server}/task/${server}/stat`)
  const all = threads.reduce((sum, each) => sum + each, 0)
  const others = threads.filter((_, i) => tasks[i] !== String(server))
  const database = cluster ? postgres(cluster) : Math.max(0, ...others)
  return {
    server: server === null ? 0 : cluster ? all : Math.max(main, all - database),
    database,
    machine: machine(),
    at: performance.now() / 1000,
  }
}

export const between = (before: Cpu, after: Cpu): Cpu => ({
  server: after.server - before.server,
  database: after.database - before.database,
  machine: after.machine - before.machine,
  at: after.at - before.at,
})

/** All threads of one process. */
export const processSeconds = (pid: number): number => seconds(`/proc/${pid}/stat`)

function postgres({ host }: Cluster): number {
  const postmaster = readFileSync(join(host, 'data', 'postmaster.pid'), 'utf8').split('\n')[0] ?? ''
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => pid === postmaster || fields(`/proc/${pid}/stat`)[1] === postmaster)
    .reduce((sum, pid) => sum + seconds(`/proc/${pid}/stat`), reaped(`/proc/${postmaster}/stat`))
}

function machine(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) / TICKS
}

const seconds = (path: string): number => {
  const stat = fields(path)
  return (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / TICKS
}

/** Of children that ended and were waited for: without them a worker that ends takes its seconds back. */
const reaped = (path: string): number => {
  const stat = fields(path)
  return (Number(stat[13] ?? 0) + Number(stat[14] ?? 0)) / TICKS
}

/** Behind the name, which may hold anything. Nothing when the process or thread is gone. */
function fields(path: string): string[] {
  try {
    const stat = readFileSync(path, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

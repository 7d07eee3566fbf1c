// What a workload needs of a server, whichever it is, and where processes run.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cores } from '../append-cpu.ts'
import type { Places } from './client.ts'
import type { Window } from './inside.ts'

export const SERVERS = [
  'stagedoor',
  'stagedoor+pg+redis',
  'uws',
  'ws',
  'socket.io',
  'socket.io on uWS',
] as const
export type ServerName = (typeof SERVERS)[number]

/** CPU seconds so far; `server` is the whole process. An embedded database is a thread of it, and said again. */
export type Spent = { server: number; database: number; redis: number; machine: number; at: number }

export type Target = {
  name: ServerName
  /** Of `count` viewers who were not in any places before. `history`: in a stream that begins with so many lines. */
  places(count: number, history?: number): Places
  /** First frames for the same viewers when they come back, each missing what is said from now on. */
  comeBack(places: Places): Promise<readonly string[]>
  spent(): Spent
  /** Resident bytes of the server process. */
  resident(): number
  inside: Pick<Window, 'loop' | 'heap'>
  close(): Promise<void>
}
export type World = {
  /** How many places there will be. */
  viewers: number
  histories?: readonly number[]
}

const pinning = cores >= 2 && spawnSync('taskset', ['--version']).status === 0
/** Why processes are not held to one core each; null when they are. */
export const notPinned = pinning ? null : cores < 2 ? 'there is one core' : 'taskset is not installed'

/** With all its threads, and those it will start. */
export function pin(pid: number, core: 0 | 1): void {
  if (pinning) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(pid)])
}

export function residentOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1_024
}

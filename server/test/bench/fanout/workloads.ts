// Every workload by name, with the servers it is run against unless others are asked for: those that cannot keep up
// with 19,500 viewers, or have nothing to show, cost minutes and say nothing.
import { growth, growthOfHistory } from './growth.ts'
import { idle } from './idle.ts'
import type { Reading } from './readings.ts'
import { slow } from './slow.ts'
import { parseSteady, steady } from './steady.ts'
import { storm } from './storm.ts'
import { SERVERS, type ServerName } from './target.ts'

const CROWD = 10_000
const SLOW_VIEWERS = 1_000
const IDLE_FACTOR = 3

export const WORKLOADS: Record<string, readonly ServerName[]> = {
  '500x20': SERVERS,
  '5000x50': SERVERS,
  '10000x20': SERVERS,
  '19500x50': ['stagedoor+pg+redis', 'uws', 'socket.io on uWS'],
  idle: SERVERS,
  storm: SERVERS,
  slow: ['stagedoor+pg+redis', 'uws'],
  growth: ['stagedoor+pg+redis', 'uws'],
}

export const isWorkload = (name: string): boolean => name in WORKLOADS || parseSteady(name) !== null

/** `seconds`: how long a window is open. Throws when somebody does not get in. */
export async function perform(name: string, server: ServerName, seconds: number): Promise<Reading[]> {
  switch (name) {
    case 'idle':
      return await idle(server, CROWD, seconds * IDLE_FACTOR)
    case 'storm':
      return await storm(server, CROWD, seconds)
    case 'slow':
      return await slow(server, SLOW_VIEWERS, seconds)
    case 'growth':
      return [
        ...(await growth(server, seconds)),
        ...(server.startsWith('stagedoor') ? await growthOfHistory(server, seconds) : []),
      ]
    default:
      return await steady(name, server, seconds)
  }
}

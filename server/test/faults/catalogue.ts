// Every fault that `npm run faults` knows, in order.
import { failover, restored } from './history-faults.ts'
import { halfOpen, partitions } from './network.ts'
import { drained, killedInSend, killedInTurn, thrown } from './nodes.ts'
import {
  logLocked,
  postgresAway,
  postgresKilled,
  postgresRefuses,
  postgresRestarted,
  postgresSlow,
} from './postgres-faults.ts'
import { garbage, logBlocked, slowReaders } from './readers.ts'
import { redisKilled, redisSilent, subscribersKilled } from './redis-faults.ts'
import { staged, type Case } from './run.ts'
import { passesOver, reconnectStorm } from './storms.ts'

export const CASES: readonly Case[] = [
  ...[killedInTurn, drained, killedInSend, postgresKilled, postgresRestarted].map(staged),
  ...[redisKilled, subscribersKilled, redisSilent].map(staged),
  ...[postgresAway, postgresSlow, logLocked, postgresRefuses, failover, restored].map(staged),
  ...[partitions, halfOpen, slowReaders].map(staged),
  reconnectStorm,
  passesOver,
  ...[garbage, logBlocked, thrown].map(staged),
]

/** What is not staged, and why; said at the end of every whole run. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  F27: 'a memory limit needs a container to set it',
  F33: 'names and certificates that change need a name server and an authority; a database that moves is F17',
}

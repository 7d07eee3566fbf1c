// Every fault that `npm run faults` knows, in order.
import { failover, restored } from './history-faults.ts'
import { halfOpen, partitions } from './network.ts'
import { drained, killedInSend, killedInTurn } from './nodes.ts'
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
import type { Fault } from './run.ts'

export const FAULTS: readonly Fault[] = [
  killedInTurn,
  drained,
  killedInSend,
  postgresKilled,
  postgresRestarted,
  redisKilled,
  subscribersKilled,
  redisSilent,
  postgresAway,
  postgresSlow,
  logLocked,
  postgresRefuses,
  failover,
  restored,
  partitions,
  halfOpen,
  slowReaders,
  garbage,
  logBlocked,
]

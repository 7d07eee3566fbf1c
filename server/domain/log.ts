// Logs: one ordered sequence per audience. Placement is the only visibility decision: whoever may read a log
// may read every entry in it whole, so nothing downstream filters.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { LogName, Role } from '../../shared/protocol/index.ts'

export type ThreadKey = { kind: 'thread'; stream: StreamId; viewer: PrincipalId }
export type LogKey =
  | { kind: 'room'; stream: StreamId }
  | ThreadKey
  | { kind: 'inbox'; stream: StreamId }
  | { kind: 'backstage'; stream: StreamId }

/** One spelling for topics, maps and the bus. */
export function logId(log: LogKey): string {
  return log.kind === 'thread' ? `thread:${log.stream}:${log.viewer}` : `${log.kind}:${log.stream}`
}

/** The logs a person follows live. A viewer's thread is always its own: the client names no viewer here. */
export function logsFor(role: Role, stream: StreamId, self: PrincipalId): LogKey[] {
  const room: LogKey = { kind: 'room', stream }
  const own: LogKey = role === 'host' ? { kind: 'inbox', stream } : { kind: 'thread', stream, viewer: self }
  return role === 'viewer' ? [room, own] : [room, own, { kind: 'backstage', stream }]
}

export function nameOf(log: LogKey): LogName {
  return log.kind
}

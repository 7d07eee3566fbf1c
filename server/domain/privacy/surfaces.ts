// The ways by which the logs reach people, and which logs each carries. What somebody sees of an object there follows
// from where the object lies.
import type { LogName } from '../../../shared/protocol/index.ts'
import { readsLog } from '../audience.ts'
import type { PrincipalKind } from './principals.ts'

/** Nobody has a socket without a session: who asks for a pass is a guest from then on. `followed`: what a socket is told by itself. The host follows the inbox for all threads, and notices are in the
 * threads alone: they are read there. */
export const SURFACES = {
  live: { door: 'socket', says: 'an open socket', carries: 'followed' },
  join: { door: 'socket', says: 'the welcome of a socket', carries: 'followed' },
  resume: { door: 'socket', says: 'the welcome of a socket that was here before', carries: 'followed' },
  read: { door: 'socket', says: 'pages asked for on a socket', carries: 'all' },
  history: { door: 'http', says: 'pages over HTTP', carries: 'room' },
  sql: { door: 'database', says: 'plain SQL in the server’s database role', carries: 'all' },
} as const satisfies Record<string, Surface>

type Surface = {
  door: 'socket' | 'http' | 'database'
  says: string
  carries: 'followed' | 'all' | 'room'
}
export type SurfaceId = keyof typeof SURFACES
export const SURFACE_IDS = Object.keys(SURFACES) as SurfaceId[]

/** Whether a surface carries this log to this kind of person. `own`: a thread that is theirs. */
export function carries(surface: SurfaceId, kind: PrincipalKind, log: LogName, own: boolean): boolean {
  if (!readsLog(kind, log, own)) return false
  const { carries: what, door } = SURFACES[surface]
  if (door === 'socket' && kind === 'AN') return false
  if (what === 'all') return true
  if (what === 'room') return log === 'room'
  return kind !== 'H' || log !== 'thread'
}

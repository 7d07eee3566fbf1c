// Waiting rules of the chat: slow mode (M8) and the goodbye time after the end (M9).
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Role, StreamState } from '../../shared/protocol/events.ts'

/** How long this person still waits before a public message, in ms; 0 is now. */
export function slowWait(
  who: { role: Role; lastPublicAt: number | null },
  slowSeconds: number,
  now: number,
): number {
  if (who.role !== 'viewer' || who.lastPublicAt === null) return 0
  // A clock that stepped back must not lengthen the wait beyond one interval.
  const since = Math.max(0, now - who.lastPublicAt)
  return Math.max(0, slowSeconds * 1_000 - since)
}

export type Phase = { state: StreamState; endedAt: number | null }

/** True when the chat of an ended stream no longer takes messages. */
export function chatOver(stream: Phase, now: number): boolean {
  return stream.state === 'ended' && now - (stream.endedAt ?? 0) >= LIMITS.goodbyeMs
}

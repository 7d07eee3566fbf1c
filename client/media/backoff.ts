// How long to wait before the next attempt. Full jitter: a restart of the server must not call back a whole
// room in the same second.
import { adviceFor, retryHint } from '../../shared/protocol/close.ts'

const FIRST_MS = 400
const MOST_MS = 8_000

/** `attempt` counts failures since something last worked, from 1. `fraction` is in [0, 1). */
export function backoffMs(attempt: number, fraction: number, mostMs = MOST_MS): number {
  const ceiling = Math.min(mostMs, FIRST_MS * 2 ** Math.min(attempt - 1, 10))
  return Math.round(fraction * ceiling)
}

export type Closed = { code: number; reason: string }
export type NextTry = { retry: false } | { retry: true; afterMs: number; newPass: boolean }

/** What the close of a socket means for the next attempt. A server's hint is a floor, jitter goes on top. */
export function afterClose(closed: Closed, attempt: number, fraction: number, mostMs?: number): NextTry {
  const wait = backoffMs(attempt, fraction, mostMs)
  switch (adviceFor(closed.code)) {
    case 'no':
      return { retry: false }
    case 'with_new_pass':
      return { retry: true, afterMs: wait, newPass: true }
    case 'after_hint':
      return { retry: true, afterMs: (retryHint(closed.reason) ?? 0) + wait, newPass: false }
    case 'backoff':
      return { retry: true, afterMs: wait, newPass: false }
  }
}

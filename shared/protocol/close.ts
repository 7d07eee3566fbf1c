// Why the server closes a socket, and what the client does then. The reason text of a close frame may carry
// `retry_in_ms=n`. A close without a code from this table (1006: cut line, oversized frame, backpressure)
// means: reconnect with backoff and resume.

type CloseRow = { reconnect: 'no' | 'backoff' | 'with_new_pass' | 'after_hint'; says: string }

export const CLOSES = {
  4400: { reconnect: 'no', says: 'bad request' },
  4401: { reconnect: 'with_new_pass', says: 'pass missing, expired or revoked' },
  4403: { reconnect: 'no', says: 'banned' },
  4404: { reconnect: 'no', says: 'no such stream' },
  4408: { reconnect: 'backoff', says: 'reading too slowly' },
  4409: { reconnect: 'backoff', says: 'position or role changed, resume' },
  4413: { reconnect: 'no', says: 'frame too large' },
  4429: { reconnect: 'after_hint', says: 'too many commands or sockets' },
  4500: { reconnect: 'backoff', says: 'internal fault' },
  4503: { reconnect: 'after_hint', says: 'server is restarting' },
} as const satisfies Record<number, CloseRow>

export type CloseCode = keyof typeof CLOSES

/** Advice for any close code, known or not. */
export function adviceFor(code: number): CloseRow['reconnect'] {
  return code in CLOSES ? CLOSES[code as CloseCode].reconnect : 'backoff'
}

/** The delay a close reason asks for, in milliseconds; undefined when it names none. */
export function retryHint(reason: string): number | undefined {
  const match = /(?:^|\s)retry_in_ms=(\d{1,6})(?:\s|$)/.exec(reason)
  return match ? Number(match[1]) : undefined
}

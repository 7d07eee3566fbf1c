// How far behind a picture is that comes by HLS, told to the server from time to time. Push says it on its own socket.
import { DELAY } from '../../../shared/media.ts'
import type { Answer } from '../../api.ts'
import type { Clock } from '../../clock.ts'

export type Behind = {
  /** The server's clock, Unix ms. */
  now(): number
  /** The delay as it is now, ms, as often as one likes; what is sent is one in fifteen seconds. */
  report(ms: number): void
}

/** Whoever measures does so on a beat of its own, which must not make it every other beat. */
const SLACK_MS = 2_500

/** `send` never rejects. What it answers is nobody's trouble but for how long it wants to be left alone. */
export function createBehind(deps: {
  now: () => number
  clock: Pick<Clock, 'now'>
  send: (ms: number) => Promise<Answer<unknown>>
}): Behind {
  const { clock } = deps
  let nextAt = -Infinity

  async function send(ms: number): Promise<void> {
    const answer = await deps.send(ms)
    if (!answer.ok) nextAt = Math.max(nextAt, clock.now() + (answer.denial.retryAfterMs ?? 0))
  }

  return {
    now: deps.now,
    report(ms) {
      const now = clock.now()
      if (now < nextAt || ms > DELAY.mostMs) return
      nextAt = now + DELAY.everyMs - SLACK_MS
      send(Math.round(ms)).catch((error: unknown) => reportError(error))
    },
  }
}

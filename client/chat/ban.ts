// A ban as the banned one meets it: why and until when only whoever asks for a pass hears, and it is over by itself.
// Asked after a socket was closed for it, when its time is up, and when somebody looks at the page; never in a
// circle, for a server that gives passes and closes sockets would be asked without end.
import { ERRORS, type ErrorCode } from '../../shared/protocol/errors.ts'
import type { Denial } from '../api.ts'
import type { Status } from './status.ts'
import type { Clock } from './surroundings.ts'

/** The server's clock says when it is over: not asked right on the second. */
const LEEWAY_MS = 500
/** Between two looks at the page. */
const ASK_EVERY_MS = 10_000
/** Between two presses of a button. */
const ASK_PRESSED_MS = 1_000

export function createBan(deps: {
  clock: Clock
  become: (status: Status) => void
  later: (ms: number, fn: () => void) => void
  /** Gives the line up and asks for a new pass; with one the chat goes on. */
  ask: (refused: (denial: Denial | undefined) => void) => void
  /** How long until the next try. */
  backoff: (hintMs?: number) => number
  /** Neither banned nor silent: the server says something else by now. */
  otherwise: (denial: Denial) => void
}) {
  const { clock, later } = deps
  let askedAt = -Infinity
  /** Somebody was let in since it was last asked, so this is another ban. */
  let letIn = true
  /** A press came too early and is kept. */
  let pressedEarly = false

  function ask(): void {
    askedAt = clock.now()
    letIn = false
    pressedEarly = false
    deps.ask((denial) => {
      if (denial?.code === 'banned') stands(denial)
      else if (!denial || comesLater(denial)) later(deps.backoff(denial?.retryAfterMs), ask)
      else deps.otherwise(denial)
    })
  }

  /** The line is given up already. Null: the socket was closed, which tells neither reason nor end. */
  function stands(denial: Denial | null): void {
    const retryAfterMs = denial?.retryAfterMs
    const until = retryAfterMs === undefined ? null : clock.now() + retryAfterMs
    deps.become({
      at: 'banned',
      says: ERRORS.banned.says,
      until,
      reason: denial?.reason ?? null,
      known: denial !== null,
    })
    if (retryAfterMs !== undefined) later(retryAfterMs + LEEWAY_MS, ask)
    else if (denial === null && letIn) later(Math.max(0, askedAt + ASK_EVERY_MS - clock.now()), ask)
  }

  function look(pressed = false): void {
    const waitMs = askedAt + (pressed ? ASK_PRESSED_MS : ASK_EVERY_MS) - clock.now()
    if (waitMs <= 0) ask()
    else if (pressed && !pressedEarly) {
      pressedEarly = true
      later(waitMs, ask)
    }
  }

  return { stands, look, over: () => void (letIn = true) }
}

/** No answer, or one that says so, or the word of a newer server: none of them says never. */
export const comesLater = ({ code }: Denial): boolean =>
  !(code in ERRORS) || ERRORS[code as ErrorCode].retry === 'later'

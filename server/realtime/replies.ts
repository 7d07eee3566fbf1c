// What a command is answered with when it is refused or fails.
import { ERRORS, deny } from '../../shared/protocol/index.ts'
import type { Denial, Err } from '../../shared/protocol/index.ts'
import type { Answer } from '../app/commands/handler.ts'
import type { Log } from '../app/ports.ts'

/** A full queue means the database is slow: come back when it may have drained. */
export const QUEUE_RETRY_MS = 1_000

export type Replied = { re: string; answer: Answer; fault?: string }

/** `re`: the command, when it said its id. */
export function refusalOf(denial: Denial, re?: string, fault?: string): Err {
  const { code, field, retryAfterMs, reason } = denial
  return {
    t: 'err',
    ...(re === undefined ? {} : { re }),
    code,
    says: ERRORS[code].says,
    ...(field === undefined ? {} : { field }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(reason === undefined ? {} : { reason }),
    ...(fault === undefined ? {} : { fault }),
  }
}

/** A fault at this door: ours when the program itself is wrong, else something behind a port is away. */
export function faultOf(error: unknown, log: Log): { answer: Answer; fault: string } {
  const fault = log.fault('command', error)
  const ours = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  return {
    fault,
    answer: ours ? deny('internal') : deny('unavailable', { retryAfterMs: QUEUE_RETRY_MS }),
  }
}

// What went wrong in the database, fit to be logged: the statement's name and the code, never a value.
import { DatabaseError } from 'pg'

export class DatabaseFault extends Error {
  override name = 'DatabaseFault'
  /** SQLSTATE, or the system's code of a connection that failed. */
  readonly code: string | undefined
  constructor(statement: string, cause: unknown) {
    const code = codeOf(cause)
    super(`database: ${statement} failed${code === undefined ? '' : ` (${code})`}`, { cause: scrub(cause) })
    this.code = code
  }
}

/** Away, restarting, full or too slow: nothing is known to be accepted and trying again makes sense. A commit
 * whose answer was lost is among these; the same cmid again tells. */
export function isUnavailable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = codeOf(at)
    if (code !== undefined && AWAY.test(code)) return true
    if (at instanceof Error && LOST.test(at.message)) return true
  }
  return false
}

/** The transaction lost a race and left nothing behind: run it again. */
export function isRace(error: unknown): boolean {
  const cause = error instanceof DatabaseFault ? error.cause : error
  if (!(cause instanceof DatabaseError)) return false
  return (
    cause.code === '23503' || // what it points at was erased in between
    cause.code === '40001' ||
    cause.code === '40P01' ||
    (cause.code === '23505' && /^(?:message|held)_cmid$/.test(cause.constraint ?? ''))
  )
}

// Classes 08 (connection), 53 (resources), 57 (operator, timeouts); serialization, deadlock, lock timeout.
const AWAY =
  /^(?:08...|53...|57...|40001|40P01|55P03|25P03|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
const LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|Cannot use a pool after calling end)/

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

/** Postgres quotes rows and parameters in these fields, and a row can be somebody's private message. */
function scrub(cause: unknown): unknown {
  if (cause instanceof DatabaseError) {
    cause.detail = undefined
    cause.where = undefined
    cause.hint = undefined
    cause.internalQuery = undefined
  }
  return cause
}

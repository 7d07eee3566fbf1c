// The one error door: refusals by the table, faults by an id and nothing else.
import { routePath } from 'hono/route'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ERRORS, type Denial, type Result } from '../../shared/protocol/index.ts'
import type { Log } from '../app/ports.ts'
import type { HttpContext } from './context.ts'

export function refuse(
  c: HttpContext,
  { code, field, retryAfterMs, reason, closed }: Denial,
  fault?: string,
): Response {
  const { http, says } = ERRORS[code]
  if (retryAfterMs !== undefined) c.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)))
  return c.json(
    {
      code,
      says,
      ...(field === undefined ? {} : { field }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(reason === undefined ? {} : { reason }),
      ...(closed === undefined ? {} : { closed }),
      ...(fault === undefined ? {} : { fault }),
    },
    http,
  )
}

export function answer<T extends object>(
  c: HttpContext,
  result: Result<T>,
  status: ContentfulStatusCode = 200,
): Response {
  return result.ok ? c.json(result.value, status) : refuse(c, result.denial)
}

/** `isUnavailable` tells a database that is away from a bug: one is worth trying again. */
export function createErrorDoor({
  log,
  isUnavailable,
}: {
  log: Log
  isUnavailable: (error: unknown) => boolean
}) {
  return (error: Error, c: HttpContext): Response => {
    const fault = log.fault(`${c.req.method} ${routePath(c)}`, error)
    return refuse(c, { code: isUnavailable(error) ? 'unavailable' : 'internal' }, fault)
  }
}

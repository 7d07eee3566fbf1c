// What changes state must come from our own pages (I6). Browsers say where a request comes from in headers that
// pages cannot forge; clients that are no browser send none of them and carry no stolen cookie either.
import type { MiddlewareHandler } from 'hono'
import type { Denial } from '../../shared/protocol/index.ts'
import { refuse } from './answers.ts'
import type { HttpContext, HttpEnv } from './context.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export function createGuard(allowedOrigins: readonly string[]): MiddlewareHandler<HttpEnv> {
  function denialOf({ req }: HttpContext): Denial | null {
    const origin = req.header('origin')
    const site = req.header('sec-fetch-site')
    const ours = origin === undefined ? site === undefined || SAME.has(site) : allowedOrigins.includes(origin)
    if (!ours) return { code: 'bad_origin' }
    // A form of another site can send three content types without asking first; these are none of them.
    const type = req.header('content-type')
    const asked =
      type === undefined ? !hasBody(req.raw) : /^(application\/json|image\/jpeg)\s*(;|$)/i.test(type)
    return asked ? null : { code: 'bad_request', field: 'content-type' }
  }

  return async function guard(c, next) {
    const denial = SAFE_METHODS.has(c.req.method) ? null : denialOf(c)
    if (denial) return refuse(c, denial)
    return next()
  }
}

const SAME = new Set(['same-origin', 'none'])
const hasBody = (request: Request) => request.body !== null

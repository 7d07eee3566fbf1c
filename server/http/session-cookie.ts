// The session cookie (I2): out of reach of scripts, not sent by other sites, and over https bound to this host.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { MiddlewareHandler } from 'hono'
import type { Clock } from '../app/ports.ts'
import type { Begun, Sessions, Who } from '../app/sessions.ts'
import type { HttpContext, HttpEnv } from './context.ts'

export type SessionCookie = ReturnType<typeof createSessionCookie>

export function createSessionCookie(deps: { sessions: Sessions; clock: Clock; publicUrl: string }) {
  const secure = deps.publicUrl.startsWith('https:')
  const name = secure ? '__Host-session' : 'session'
  const options = { path: '/', httpOnly: true, sameSite: 'Lax', secure } as const

  async function read(c: HttpContext): Promise<Who | null> {
    const token = getCookie(c, name)
    return token === undefined ? null : await deps.sessions.read(token)
  }

  /** Which session the cookie is of, without asking whether it still holds. */
  async function session(c: HttpContext): Promise<{ session: string } | null> {
    const token = getCookie(c, name)
    return token === undefined ? null : await deps.sessions.named(token)
  }

  const who: MiddlewareHandler<HttpEnv> = async function who(c, next) {
    c.set('who', await read(c))
    await next()
  }

  return {
    read,
    session,
    who,
    /** From here on the caller is somebody else. */
    set(c: HttpContext, { who, token, expiresAt }: Begun): void {
      setCookie(c, name, token, { ...options, maxAge: Math.floor((expiresAt - deps.clock.now()) / 1_000) })
      c.set('who', who)
    },
    clear(c: HttpContext): void {
      deleteCookie(c, name, options)
      c.set('who', null)
    },
  }
}

// Becoming an account, and leaving.
import { Hono } from 'hono'
import { linkRequest, signInRequest, signUpRequest } from '../../shared/api/identity.ts'
import { ok, type Result } from '../../shared/protocol/index.ts'
import type { Begun, Sessions } from '../app/sessions.ts'
import { answer } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpContext, type HttpEnv } from './context.ts'
import { meOf, type MeDeps } from './me.ts'

export function signInRoutes(deps: Omit<MeDeps, 'guests'> & { sessions: Sessions }) {
  const { accounts, sessions, cookie, signUp } = deps

  function enter(c: HttpContext, begun: Result<Begun>): Response {
    if (!begun.ok) return answer(c, begun)
    cookie.set(c, begun.value)
    return c.json(meOf(begun.value.who.principal, signUp))
  }
  function leave(c: HttpContext): Response {
    cookie.clear(c)
    return c.json(meOf(null, signUp))
  }

  return new Hono<HttpEnv>()
    .post('/sign-up', async (c) =>
      enter(
        c,
        await withBody(c, signUpRequest, (request) => accounts.signUp(request, c.env.address, c.get('who'))),
      ),
    )
    .post('/sign-in', async (c) =>
      enter(
        c,
        await withBody(c, signInRequest, (request) => accounts.signIn(request, c.env.address, c.get('who'))),
      ),
    )
    .post('/sign-in/link', async (c) =>
      enter(
        c,
        await withBody(c, linkRequest, (request) =>
          accounts.signInByLink(request, c.env.address, c.get('who')),
        ),
      ),
    )
    .post('/sign-out', async (c) => {
      const who = c.get('who')
      if (who) await sessions.end(who)
      return leave(c)
    })
    .post('/sign-out/everywhere', async (c) => {
      const ended = await asSomebody(c, async ({ principal }) => {
        await sessions.endAll(principal.id)
        return ok({})
      })
      return ended.ok ? leave(c) : answer(c, ended)
    })
}

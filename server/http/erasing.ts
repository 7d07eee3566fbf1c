// Erasing for good: one's stream, oneself.
import { Hono } from 'hono'
import { ok } from '../../shared/protocol/index.ts'
import type { SignUpPolicy } from '../../shared/api/identity.ts'
import type { ErasingCases } from '../app/erasing.ts'
import { answer } from './answers.ts'
import { asSomebody, type HttpEnv } from './context.ts'
import { meOf } from './me.ts'
import type { SessionCookie } from './session-cookie.ts'
import { SLUG } from './slug.ts'

export type ErasingDeps = { erasing: ErasingCases; signUp: SignUpPolicy }

export function erasingRoutes({ erasing, signUp, cookie }: ErasingDeps & { cookie: SessionCookie }) {
  return new Hono<HttpEnv>()
    .delete(`/streams/${SLUG}`, async (c) => {
      const erased = await asSomebody(c, (who) => erasing.stream(who, c.req.param('slug')))
      return answer(c, erased.ok ? ok({}) : erased)
    })
    .delete('/me', async (c) => {
      const erased = await asSomebody(c, (who) => erasing.me(who))
      if (!erased.ok) return answer(c, erased)
      cookie.clear(c)
      return c.json(meOf(null, signUp))
    })
}

// Who am I, and becoming a guest.
import { Hono } from 'hono'
import { guestRequest, profileRequest, type Me, type SignUpPolicy } from '../../shared/api/identity.ts'
import { ok } from '../../shared/protocol/index.ts'
import type { Accounts } from '../app/accounts.ts'
import type { Guests } from '../app/guests.ts'
import type { Principal } from '../app/ports.ts'
import { answer } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpEnv } from './context.ts'
import type { SessionCookie } from './session-cookie.ts'

export type MeDeps = { accounts: Accounts; guests: Guests; cookie: SessionCookie; signUp: SignUpPolicy }

export const meOf = (principal: Principal | null, signUp: SignUpPolicy): Me => ({ principal, signUp })

export function meRoutes({ accounts, guests, cookie, signUp }: MeDeps) {
  return new Hono<HttpEnv>()
    .get('/me', (c) => c.json(meOf(c.get('who')?.principal ?? null, signUp)))
    .patch('/me', async (c) => {
      const changed = await asSomebody(c, (who) =>
        withBody(c, profileRequest, (request) => accounts.change(who, request)),
      )
      return answer(c, changed.ok ? ok(meOf(changed.value, signUp)) : changed)
    })
    .post('/guest', async (c) => {
      const begun = await withBody(c, guestRequest, (request) =>
        guests.create(request, c.env.address, c.get('who')),
      )
      if (!begun.ok) return answer(c, begun)
      cookie.set(c, begun.value)
      return c.json(meOf(begun.value.who.principal, signUp), 201)
    })
}

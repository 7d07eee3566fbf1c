// Inviting somebody to sign up.
import { Hono } from 'hono'
import { inviteRequest } from '../../shared/api/identity.ts'
import type { Invites } from '../app/invites.ts'
import { answer } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpEnv } from './context.ts'

export function inviteRoutes({ invites }: { invites: Invites }) {
  return new Hono<HttpEnv>().post('/invites', async (c) =>
    answer(
      c,
      await asSomebody(c, (who) => withBody(c, inviteRequest, (request) => invites.create(who, request))),
      201,
    ),
  )
}

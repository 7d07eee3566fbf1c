// Blocked terms of the host who asks.
import { Hono } from 'hono'
import { termsRequest } from '../../shared/api/moderation.ts'
import type { OwnTerms } from '../app/own-terms.ts'
import { answer } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpEnv } from './context.ts'

export type TermsDeps = { ownTerms: OwnTerms }

export function termsRoutes({ ownTerms }: TermsDeps) {
  return new Hono<HttpEnv>()
    .get('/studio/terms', async (c) => answer(c, await asSomebody(c, (who) => ownTerms.read(who))))
    .put('/studio/terms', async (c) =>
      answer(
        c,
        await asSomebody(c, (who) => withBody(c, termsRequest, (request) => ownTerms.write(who, request))),
      ),
    )
}

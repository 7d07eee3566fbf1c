// Streams: the home page, a host's own, one stream and what may be asked of it.
import { Hono } from 'hono'
import { enterRequest } from '../../shared/api/gates.ts'
import { createStreamRequest, editStreamRequest } from '../../shared/api/streams.ts'
import type { GateCases } from '../app/gates.ts'
import type { Passes } from '../app/passes.ts'
import type { StreamCases } from '../app/streams.ts'
import { answer, refuse } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpEnv } from './context.ts'
import type { SessionCookie } from './session-cookie.ts'
import { SLUG } from './slug.ts'

export function streamRoutes(deps: {
  streams: StreamCases
  gates: GateCases
  passes: Passes
  cookie: SessionCookie
}) {
  const { streams, gates, passes, cookie } = deps
  return new Hono<HttpEnv>()
    .get('/streams', async (c) => c.json(await streams.home()))
    .get('/studio/streams', async (c) => answer(c, await asSomebody(c, (who) => streams.own(who))))
    .post('/streams', async (c) =>
      answer(
        c,
        await asSomebody(c, (who) =>
          withBody(c, createStreamRequest, (request) => streams.create(who, request)),
        ),
        201,
      ),
    )
    .get(`/streams/${SLUG}`, async (c) => answer(c, await streams.page(c.req.param('slug'), c.get('who'))))
    .patch(`/streams/${SLUG}`, async (c) =>
      answer(
        c,
        await asSomebody(c, (who) =>
          withBody(c, editStreamRequest, (request) => streams.edit(who, c.req.param('slug'), request)),
        ),
      ),
    )
    .post(`/streams/${SLUG}/end`, async (c) =>
      answer(c, await asSomebody(c, (who) => streams.end(who, c.req.param('slug')))),
    )
    .post(`/streams/${SLUG}/enter`, async (c) => {
      const entered = await withBody(c, enterRequest, (request) =>
        gates.enter(c.req.param('slug'), c.get('who'), c.env.address, request),
      )
      if (!entered.ok) return refuse(c, entered.denial)
      if (entered.value.begun) cookie.set(c, entered.value.begun)
      return c.body(null, 204)
    })
    .post(`/streams/${SLUG}/pass`, async (c) => {
      const issued = await passes.issue(c.req.param('slug'), c.get('who'), c.env.address)
      if (!issued.ok) return answer(c, issued)
      if (issued.value.begun) cookie.set(c, issued.value.begun)
      return c.json(issued.value.pass)
    })
    .post(`/streams/${SLUG}/ingest-grant`, async (c) =>
      answer(c, await asSomebody(c, (who) => streams.ingestGrant(who, c.req.param('slug')))),
    )
}

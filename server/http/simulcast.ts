// Where else a show is sent to, for its host.
import { Hono } from 'hono'
import * as v from 'valibot'
import { simulcastRequest } from '../../shared/api/simulcast.ts'
import { uuid } from '../../shared/ids.ts'
import { deny } from '../../shared/protocol/index.ts'
import type { SimulcastCases } from '../app/simulcast.ts'
import { answer } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpEnv } from './context.ts'
import { SLUG } from './slug.ts'

export type SimulcastDeps = { simulcast: SimulcastCases }

export function simulcastRoutes({ simulcast }: SimulcastDeps) {
  const path = `/streams/${SLUG}/simulcast` as const
  return new Hono<HttpEnv>()
    .get(path, async (c) => answer(c, await asSomebody(c, (who) => simulcast.list(who, c.req.param('slug')))))
    .post(path, async (c) =>
      answer(
        c,
        await asSomebody(c, (who) =>
          withBody(c, simulcastRequest, (request) => simulcast.add(who, c.req.param('slug'), request)),
        ),
        201,
      ),
    )
    .delete(`${path}/:id`, async (c) => {
      const { slug, id } = c.req.param()
      return answer(
        c,
        await asSomebody(c, async (who) =>
          v.is(uuid, id) ? simulcast.remove(who, slug, id) : deny('not_found'),
        ),
      )
    })
}

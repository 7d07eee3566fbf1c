// How the video of a stream travels: what its host needs to know of it, how late it is where it arrives, and what an
// encoder sends to.
import { Hono } from 'hono'
import { delayRequest } from '../../shared/api/streams.ts'
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { Result } from '../../shared/protocol/index.ts'
import type { DelayCases } from '../app/delays.ts'
import type { DeliveryCases } from '../app/delivery.ts'
import type { Who } from '../app/sessions.ts'
import { answer, refuse } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpContext, type HttpEnv } from './context.ts'
import { SLUG } from './slug.ts'

export type DeliveryDeps = { delivery: DeliveryCases; delays: DelayCases }

export function deliveryRoutes({ delivery, delays }: DeliveryDeps) {
  /** Keys of streams that Mux does not carry are answered by whatever comes next. */
  async function key(
    c: HttpContext,
    next: () => Promise<void>,
    ask: (who: Who) => Promise<Result<IngestKey | null>>,
  ) {
    const found = await asSomebody(c, ask)
    if (!found.ok) return refuse(c, found.denial)
    return found.value ? c.json(found.value) : next()
  }

  const stream = `/streams/${SLUG}` as const
  return new Hono<HttpEnv>()
    .get(`${stream}/delivery`, async (c) =>
      answer(c, await asSomebody(c, (who) => delivery.of(who, c.req.param('slug')))),
    )
    .post(`${stream}/delay`, async (c) => {
      const taken = await asSomebody(c, (who) =>
        withBody(c, delayRequest, (request) => delays.report(who, c.req.param('slug'), request)),
      )
      return taken.ok ? c.body(null, 204) : refuse(c, taken.denial)
    })
    .get(`${stream}/ingest-key`, (c, next) =>
      key(c, next, (who) => delivery.ingestKey(who, c.req.param('slug'))),
    )
    .post(`${stream}/ingest-key/reset`, (c, next) =>
      key(c, next, (who) => delivery.resetKey(who, c.req.param('slug'))),
    )
}

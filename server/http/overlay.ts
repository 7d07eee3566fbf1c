// The overlay of a stream: its key, for its host, and passes, for whoever has the key.
import { Hono } from 'hono'
import { overlayPassRequest } from '../../shared/api/overlay.ts'
import type { OverlayCases } from '../app/overlay.ts'
import { answer } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpEnv } from './context.ts'
import { SLUG } from './slug.ts'

export type OverlayDeps = { overlay: OverlayCases }

export function overlayRoutes({ overlay }: OverlayDeps) {
  const keys = `/streams/${SLUG}/overlay-key` as const
  return new Hono<HttpEnv>()
    .get(keys, async (c) => answer(c, await asSomebody(c, (who) => overlay.state(who, c.req.param('slug')))))
    .post(keys, async (c) =>
      answer(c, await asSomebody(c, (who) => overlay.replace(who, c.req.param('slug'))), 201),
    )
    .delete(keys, async (c) =>
      answer(c, await asSomebody(c, (who) => overlay.remove(who, c.req.param('slug')))),
    )
    .post(`/streams/${SLUG}/overlay-pass`, async (c) =>
      answer(
        c,
        await withBody(c, overlayPassRequest, ({ key }) =>
          overlay.pass(c.req.param('slug'), key, c.env.address),
        ),
      ),
    )
}

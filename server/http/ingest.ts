// Publishing with an encoder: its key and how it goes, for the host of the stream.
import { Hono } from 'hono'
import type { IngestCases } from '../app/ingest.ts'
import { answer } from './answers.ts'
import { asSomebody, type HttpContext, type HttpEnv } from './context.ts'
import { SLUG } from './slug.ts'

export type IngestDeps = { ingest: IngestCases }

/** As the browser named this server: shown to the one who asks and nobody else. */
const hostOf = (c: HttpContext): string | null => {
  const host = c.req.header('host') ?? ''
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname || null : null
}

export function ingestRoutes({ ingest }: IngestDeps) {
  const stream = `/streams/${SLUG}` as const
  return new Hono<HttpEnv>()
    .get(`${stream}/ingest`, async (c) =>
      answer(c, await asSomebody(c, (who) => ingest.status(who, c.req.param('slug')))),
    )
    .get(`${stream}/ingest-key`, async (c) =>
      answer(c, await asSomebody(c, (who) => ingest.key(who, c.req.param('slug'), hostOf(c)))),
    )
    .post(`${stream}/ingest-key/reset`, async (c) =>
      answer(c, await asSomebody(c, (who) => ingest.reset(who, c.req.param('slug'), hostOf(c)))),
    )
}

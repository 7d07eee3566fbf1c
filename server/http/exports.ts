// Downloads: a person's own data, and the host's files of a stream. Sent while they are made.
import { Hono } from 'hono'
import { auditQuery } from '../../shared/api/chat.ts'
import type { Result } from '../../shared/protocol/index.ts'
import type { Download, ExportCases, ExportKind } from '../app/exports.ts'
import { refuse } from './answers.ts'
import { asSomebody, type HttpContext, type HttpEnv } from './context.ts'
import { queryOf } from './query.ts'
import { SLUG } from './slug.ts'
import { streamOf } from './stream-of.ts'

export type ExportDeps = { exports: ExportCases }

export function exportRoutes({ exports }: ExportDeps) {
  const stream = (c: HttpContext, slug: string, kind: ExportKind, format: 'ndjson' | 'csv' = 'ndjson') =>
    asSomebody(c, (who) => exports.stream(who, slug, kind, format))
  return new Hono<HttpEnv>()
    .get('/me/export', async (c) => send(c, await asSomebody(c, (who) => exports.mine(who))))
    .get(`/streams/${SLUG}/export/public`, async (c) =>
      send(c, await stream(c, c.req.param('slug'), 'public')),
    )
    .get(`/streams/${SLUG}/export/private`, async (c) =>
      send(c, await stream(c, c.req.param('slug'), 'private')),
    )
    .get(`/streams/${SLUG}/export/audit`, async (c) => {
      const query = queryOf(c, auditQuery)
      if (!query.ok) return refuse(c, query.denial)
      return send(c, await stream(c, c.req.param('slug'), 'audit', query.value.format))
    })
}

function send(c: HttpContext, made: Result<Download>): Response {
  if (!made.ok) return refuse(c, made.denial)
  const { name, contentType, chunks } = made.value
  const headers = {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${name}"`,
    // The transport sends it chunk by chunk, at the pace of its reader.
    'transfer-encoding': 'chunked',
  }
  // Asked for the head alone, nothing is made.
  return c.req.method === 'HEAD'
    ? c.body(null, 200, headers)
    : c.body(streamOf(encoded(chunks)), 200, headers)
}

async function* encoded(chunks: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const chunk of chunks) yield encoder.encode(chunk)
}

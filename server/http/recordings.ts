// Recordings of a stream: who may watch lists them, its host cuts, deletes and downloads them.
import { Hono } from 'hono'
import * as v from 'valibot'
import { THUMBNAIL, trimRequest } from '../../shared/api/recordings.ts'
import { uuid } from '../../shared/ids.ts'
import { deny, type Result } from '../../shared/protocol/index.ts'
import type { MovieFile, RecordingCases } from '../app/recordings.ts'
import { answer, refuse } from './answers.ts'
import { withBody } from './body.ts'
import { asSomebody, type HttpContext, type HttpEnv } from './context.ts'
import { rangeOf } from './range.ts'
import { SLUG } from './slug.ts'
import { streamOf } from './stream-of.ts'

export type RecordingDeps = { recordings: RecordingCases }

export function recordingRoutes({ recordings }: RecordingDeps) {
  const all = `/streams/${SLUG}/recordings` as const
  const one = `${all}/:id` as const
  return new Hono<HttpEnv>()
    .get(all, async (c) => answer(c, await recordings.list(c.req.param('slug'), c.get('who'))))
    .patch(one, async (c) =>
      answer(
        c,
        await named(c, (id) =>
          asSomebody(c, (who) =>
            withBody(c, trimRequest, (request) => recordings.trim(who, c.req.param('slug'), id, request)),
          ),
        ),
      ),
    )
    .delete(one, async (c) => {
      const removed = await named(c, (id) =>
        asSomebody(c, (who) => recordings.remove(who, c.req.param('slug'), id)),
      )
      return removed.ok ? c.body(null, 204) : refuse(c, removed.denial)
    })
    .get(`${one}/download.mp4`, async (c) => {
      const given = c.req.query('part')
      if (given !== undefined && !/^[1-9]\d{0,5}$/.test(given))
        return refuse(c, { code: 'bad_request', field: 'part' })
      const part = given === undefined ? null : Number(given)
      const movie = await named(c, (id) =>
        asSomebody(c, (who) => recordings.movie(who, c.req.param('slug'), id, part)),
      )
      return movie.ok ? send(c, movie.value) : refuse(c, movie.denial)
    })
    .put(`/streams/${SLUG}/thumbnail`, async (c) => {
      const kept = await asSomebody(c, async (who) => {
        if (!/^image\/jpeg$/i.test(c.req.header('content-type') ?? ''))
          return deny('bad_request', { field: 'content-type' })
        if (Number(c.req.header('content-length') ?? 0) > THUMBNAIL.bytes) return deny('too_large')
        return recordings.thumbnail(who, c.req.param('slug'), new Uint8Array(await c.req.arrayBuffer()))
      })
      return kept.ok ? c.body(null, 204) : refuse(c, kept.denial)
    })
}

/** What is no id is nothing's. */
async function named<T>(c: HttpContext, use: (id: string) => Promise<Result<T>>): Promise<Result<T>> {
  const id = c.req.param('id')
  return v.is(uuid, id) ? use(id) : deny('not_found')
}

/** Whole, or the one range that was asked for: a download that broke off goes on where it was. */
function send(c: HttpContext, movie: MovieFile): Response {
  const { size, name, tag } = movie
  const etag = `"${tag}"`
  const condition = c.req.header('if-range')
  const range = condition === undefined || condition === etag ? rangeOf(c.req.header('range'), size) : null
  const headers = {
    'content-type': 'video/mp4',
    'content-disposition': `attachment; filename="${name}"`,
    'accept-ranges': 'bytes',
    etag,
  }
  if (range === 'outside') return c.body(null, 416, { ...headers, 'content-range': `bytes */${size}` })
  const [from, to] = range ?? [0, size]
  const part = range ? { 'content-range': `bytes ${from}-${to - 1}/${size}` } : {}
  const status = range ? 206 : 200
  const sized = { ...headers, ...part, 'content-length': String(to - from) }
  if (c.req.method === 'HEAD') return c.body(null, status, sized)
  // The transport sends it piece by piece, at the pace of its reader, and says the length before.
  return c.body(streamOf(movie.bytes(from, to)), status, { ...sized, 'transfer-encoding': 'chunked' })
}

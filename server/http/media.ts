// Playlists and segments.
import { Hono } from 'hono'
import * as v from 'valibot'
import { uuid, type StreamId } from '../../shared/ids.ts'
import { ok, deny, type Result } from '../../shared/protocol/index.ts'
import type { MediaElsewhere, MediaFile, MediaQuery } from '../app/video-ports.ts'
import type { Who } from '../app/sessions.ts'
import { refuse } from './answers.ts'
import type { HttpContext, HttpEnv } from './context.ts'
import type { SessionCookie } from './session-cookie.ts'

export type MediaDeps = {
  media: {
    get(stream: StreamId, file: string, query: MediaQuery): Promise<MediaFile | MediaElsewhere | null>
  }
  /** Who may not watch gets what there is for a stream that does not exist. */
  mayWatch: (stream: StreamId, who: () => Promise<Who | null>) => Promise<boolean>
}

const COUNT = /^\d{1,9}$/

/** A blocking reload waits for this segment, or this part of it (RFC 8216bis 6.2.5.2). */
function waitOf(c: HttpContext): Result<MediaQuery> {
  // A playlist without what the reader has (6.2.5.1); `v2` leaves out more, which ours never does.
  if (/^(YES|v2)$/.test(c.req.query('_HLS_skip') ?? '')) return ok({ skip: true })
  const [msn, part] = [c.req.query('_HLS_msn'), c.req.query('_HLS_part')]
  if (msn === undefined) return part === undefined ? ok({}) : deny('bad_request', { field: '_HLS_part' })
  if (!COUNT.test(msn)) return deny('bad_request', { field: '_HLS_msn' })
  if (part === undefined) return ok({ msn: Number(msn) })
  if (!COUNT.test(part)) return deny('bad_request', { field: '_HLS_part' })
  return ok({ msn: Number(msn), part: Number(part) })
}

export function mediaRoutes({ media, mayWatch, cookie }: MediaDeps & { cookie: SessionCookie }) {
  const app = new Hono<HttpEnv>()
  app.get('/:stream/:file', async (c) => {
    const { stream, file } = c.req.param()
    const wait = waitOf(c)
    if (!wait.ok) return refuse(c, wait.denial)
    const allowed = v.is(uuid, stream) && (await mayWatch(stream, () => cookie.read(c)))
    if (!allowed) return refuse(c, { code: 'not_found' })
    const found = await media.get(stream, file, wait.value)
    if (!found) return refuse(c, { code: 'not_found' })
    // The address is for this viewer and for now.
    if ('location' in found)
      return c.body(null, 302, { location: found.location, 'cache-control': 'no-store' })
    const { body, contentType, maxAge } = found
    const cached = maxAge === 0 ? 'no-store' : `public, max-age=${maxAge}, immutable`
    const length = typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength
    return c.body(body as string | Uint8Array<ArrayBuffer>, 200, {
      'content-type': contentType,
      'content-length': String(length),
      'cache-control': cached,
    })
  })
  app.all('*', (c) => refuse(c, { code: 'not_found' }))
  return app
}

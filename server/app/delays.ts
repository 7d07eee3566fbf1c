// How far behind their picture is, as viewers without the push socket say it: by HLS from here, or from Mux.
import type { DelayRequest } from '../../shared/api/streams.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { Limiter } from './limiter.ts'
import type { Stream, Streams } from './ports.ts'
import type { Who } from './sessions.ts'
import type { Delays } from './video-ports.ts'
import type { MayWatch } from './watching.ts'

export type DelayCases = ReturnType<typeof createDelayCases>

export function createDelayCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  mayWatch: MayWatch
  delays: Pick<Delays, 'report'>
  isHosted(stream: Stream): boolean
  /** By person: whoever has several pages open is one viewer. */
  limit: Limiter
}) {
  const { streams, mayWatch, delays, limit } = deps
  return {
    async report(who: Who, slug: string, { ms }: DelayRequest): Promise<Result<null>> {
      const allowed = limit.take(who.principal.id)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      if (!stream || !(await mayWatch(stream.id, () => Promise.resolve(who)))) return deny('not_found')
      // The picture ends some seconds after the show: who reports then did nothing wrong.
      if (stream.state === 'live') await delays.report(stream.id, who.principal.id, ms, deps.isHosted(stream))
      return ok(null)
    },
  }
}

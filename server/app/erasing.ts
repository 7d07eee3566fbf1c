// Erasing for good: a stream by its host, a person by itself.
import { deny, type Result } from '../../shared/protocol/index.ts'
import type { Limiter } from './limiter.ts'
import type { Clock, Log, Streams } from './ports.ts'
import type { Erasure } from './reading-ports.ts'
import type { Sessions, Who } from './sessions.ts'
import type { VideoProvider } from './video-ports.ts'

/** Sockets of a person who is gone close within two seconds; what they had sent by then has landed after this. */
const STRAGGLERS_MS = 5_000

export type ErasingCases = ReturnType<typeof createErasingCases>

export function createErasingCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  erasure: Erasure
  video: Pick<VideoProvider, 'end'>
  sessions: Pick<Sessions, 'ended'>
  clock: Pick<Clock, 'after'>
  log: Log
  limit: Limiter
}) {
  const { streams, erasure, video, sessions, clock, log, limit } = deps
  return {
    /** Open sockets find no log at their node's next poll and close; coming back they hear that nothing is here. */
    async stream({ principal }: Who, slug: string): Promise<Result<null>> {
      const allowed = limit.take(principal.id)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      if (stream?.host.id !== principal.id) return deny('not_found')
      const erased = await erasure.stream(principal.id, stream.id)
      if (erased.ok) video.end(stream.id)
      return erased
    },

    async me({ principal: { id } }: Who): Promise<Result<null>> {
      const allowed = limit.take(id)
      if (!allowed.ok) return allowed
      const erased = await erasure.person(id)
      if (!erased.ok)
        return erased.denial.code === 'wrong_state' ? deny('wrong_state', { field: 'streams' }) : erased
      sessions.ended()
      clock.after(STRAGGLERS_MS, () => {
        erasure.person(id).catch((error: unknown) => log.fault('erasing what was on its way', error))
      })
      return erased
    },
  }
}

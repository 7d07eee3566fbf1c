// Who carries the video of a stream, as its host asks.
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { Delivery } from '../../shared/api/streams.ts'
import type { StreamId } from '../../shared/ids.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { Limiter } from './limiter.ts'
import type { MuxCases } from './mux.ts'
import type { Stream, Streams } from './ports.ts'
import type { Who } from './sessions.ts'
import type { Delays, PushState } from './video-ports.ts'

/** By push on a good line, and by plain HLS on the oldest phones. */
const LOCAL = { provider: 'local', behind: { fromSeconds: 1, toSeconds: 6 } } as const

export type DeliveryCases = ReturnType<typeof createDeliveryCases>

export function createDeliveryCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  /** Null: everything is carried here. */
  mux: Pick<MuxCases, 'delivery' | 'ingestKey' | 'resetKey'> | null
  /** What of a stream is sent on from this node. */
  sending: (stream: StreamId) => PushState | null
  delays: Pick<Delays, 'spread'>
  /** By person: every key is a question to Mux. */
  limit: Limiter
}) {
  const { streams, mux, sending, limit } = deps

  const isHost = ({ principal }: Who, stream: Stream) => stream.host.id === principal.id

  /** Null: Mux does not carry this stream, or there is none; somebody else knows its key. */
  async function keyed(
    who: Who,
    slug: string,
    ask: (keys: Keys, stream: Stream) => Promise<Result<IngestKey>>,
  ): Promise<Result<IngestKey | null>> {
    const stream = await streams.bySlug(slug)
    if (!mux || stream?.provider !== 'mux') return ok(null)
    if (!isHost(who, stream)) return deny('not_allowed')
    const allowed = limit.take(who.principal.id)
    return allowed.ok ? ask(mux, stream) : allowed
  }

  return {
    async of(who: Who, slug: string): Promise<Result<Delivery>> {
      const stream = await streams.bySlug(slug)
      if (!stream) return deny('not_found')
      if (!isHost(who, stream)) return deny('not_allowed')
      const hosted = mux !== null && stream.provider === 'mux'
      return ok({
        ...(hosted ? mux.delivery() : LOCAL),
        measured: await deps.delays.spread(stream.id, hosted),
        sending: sending(stream.id),
      })
    },
    ingestKey: (who: Who, slug: string) => keyed(who, slug, (keys, stream) => keys.ingestKey(stream)),
    resetKey: (who: Who, slug: string) => keyed(who, slug, (keys, stream) => keys.resetKey(stream)),
  }
}

type Keys = Pick<MuxCases, 'ingestKey' | 'resetKey'>

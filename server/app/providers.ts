// Streams remember who carries their video: this server, or Mux. Here the two become one for everybody who does not
// care.
import type { Playback } from '../../shared/api/streams.ts'
import type { StreamId } from '../../shared/ids.ts'
import type { VideoState } from '../../shared/media.ts'
import { ok, type Result } from '../../shared/protocol/index.ts'
import type { Log, Stream, Streams } from './ports.ts'
import type { Who } from './sessions.ts'
import type { VideoEvent, VideoProvider } from './video-ports.ts'

type Carrier = Stream['provider']

/** What else can carry a stream. */
export type Elsewhere = {
  playback(stream: Stream, who: Who | null): Promise<Playback>
  prepare(stream: StreamId): Promise<Result<null>>
  close(stream: StreamId): Promise<void>
  onEvent(fn: (event: VideoEvent) => void): () => void
}

export type Providers = ReturnType<typeof createProviders>

/** Without `mux`, streams that were Mux's go on here. */
export function createProviders(deps: {
  /** What viewers have, wherever it is published. */
  local: VideoProvider
  /** What is published at this node. */
  here: VideoProvider
  mux: Elsewhere | null
  streams: Pick<Streams, 'byId'>
  log: Log
}) {
  const { local, here, mux, streams, log } = deps
  /** Of streams with a publisher here. */
  const known = new Map<StreamId, Carrier>()

  const isMux = async (stream: StreamId): Promise<boolean> => {
    if (!mux) return false
    return (known.get(stream) ?? (await streams.byId(stream))?.provider) === 'mux'
  }

  /** Whoever publishes here to an audience of Mux holds the stream, like anybody else who publishes; but what the
   * audience sees, and when it is over, Mux says. */
  const HELD: Record<VideoState, VideoState> = {
    ...{ idle: 'idle', connecting: 'connecting', reconnecting: 'reconnecting' },
    ...{ live: 'connecting', ended: 'idle' },
  }

  function follow(fn: (event: VideoEvent) => void): () => void {
    /** States of streams whose carrier is being looked up, in order. */
    const waiting = new Map<StreamId, VideoState[]>()
    function pass(stream: StreamId, carrier: Carrier, state: VideoState): void {
      if (state === 'ended' || state === 'idle') known.delete(stream)
      else known.set(stream, carrier)
      fn({ stream, state: carrier === 'mux' ? HELD[state] : state })
    }
    async function lookUp(stream: StreamId): Promise<void> {
      const carrier = (await isMux(stream)) ? 'mux' : 'local'
      const states = waiting.get(stream) ?? []
      waiting.delete(stream)
      for (const state of states) pass(stream, carrier, state)
    }
    return here.onEvent(({ stream, state }) => {
      const carrier = mux ? known.get(stream) : 'local'
      if (carrier) {
        pass(stream, carrier, state)
        return
      }
      const queue = waiting.get(stream)
      if (queue) {
        queue.push(state)
        return
      }
      waiting.set(stream, [state])
      lookUp(stream).catch((error: unknown) => {
        // Nobody is told: the next state asks again, and without a database nothing could be written.
        log.fault('whose video', error)
        waiting.delete(stream)
      })
    })
  }

  function end(stream: StreamId): void {
    local.end(stream)
    mux?.close(stream).catch((error: unknown) => log.fault('closing at mux', error))
  }

  return {
    isMux,
    end,
    /** For those who write down what is on air. */
    video: {
      playback: here.playback,
      end,
      onEvent(fn) {
        const stops = [follow(fn), mux?.onEvent(fn)]
        return () => {
          for (const stop of stops) stop?.()
        }
      },
    } satisfies VideoProvider,
    playback: async (stream: Stream, who: Who | null): Promise<Playback> =>
      mux && stream.provider === 'mux' ? mux.playback(stream, who) : local.playback(stream.id, stream.state),
    /** Before a publisher is let in. */
    prepare: async (stream: Stream): Promise<Result<null>> =>
      mux && stream.provider === 'mux' ? mux.prepare(stream.id) : ok(null),
  }
}

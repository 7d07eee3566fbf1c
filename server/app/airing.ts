// What the video does becomes the state of the stream: an entry in its room, in order, however long the
// database takes to come back.
import type { StreamId } from '../../shared/ids.ts'
import { LIMITS, type StreamState } from '../../shared/protocol/index.ts'
import type { VideoState } from '../../shared/media.ts'
import type { Clock, Journal, Log, Placed, Streams } from './ports.ts'
import type { VideoProvider } from './video-ports.ts'

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000

const PUBLISHING: readonly VideoState[] = ['connecting', 'live', 'reconnecting']

export function createAiring(deps: {
  video: VideoProvider
  streams: Streams
  journal: Journal
  announce: (placed: Placed[]) => void
  clock: Clock
  log: Log
}) {
  const { video, streams, journal, announce, clock, log } = deps
  /** Per stream, what is still to be written; the first is being written now. */
  const queues = new Map<StreamId, StreamState[]>()
  let stopped = false

  function put(stream: StreamId, state: StreamState): void {
    const queue = queues.get(stream)
    if (queue) {
      if (queue.at(-1) !== state) queue.push(state)
      return
    }
    queues.set(stream, [state])
    work(stream, FIRST_RETRY_MS)
  }

  function work(stream: StreamId, retryMs: number): void {
    const queue = queues.get(stream)
    const state = queue?.[0]
    if (!queue || state === undefined || stopped) {
      queues.delete(stream)
      return
    }
    write(stream, state).then(
      () => {
        queue.shift()
        work(stream, FIRST_RETRY_MS)
      },
      (error: unknown) => {
        log.fault('stream state', error)
        clock.after(retryMs, () => work(stream, Math.min(retryMs * 2, LAST_RETRY_MS)))
      },
    )
  }

  async function write(stream: StreamId, state: StreamState): Promise<void> {
    const done = await journal.act(null, stream, { type: 'state', state })
    if (!done.ok) log.warn('stream state refused', { stream, state, code: done.denial.code })
    else if (!done.value.dup) announce(done.value.placed)
  }

  const publishing = (stream: StreamId) => PUBLISHING.includes(video.playback(stream).state)

  return {
    /** Follows the video from now on; returns how to stop. Streams that a crash left live get the same grace as
     * a publisher that dropped, then they are over. */
    async start(): Promise<() => void> {
      const unfollow = video.onEvent(({ stream, state }) => {
        if (state === 'live' || state === 'ended') put(stream, state)
      })
      for (const { id } of await streams.live())
        if (!publishing(id))
          clock.after(LIMITS.publisherGraceMs, () => {
            if (!stopped && !publishing(id)) put(id, 'ended')
          })
      return () => {
        stopped = true
        unfollow()
      }
    },
  }
}

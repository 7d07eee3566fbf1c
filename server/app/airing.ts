// What the video does becomes the state of the stream: an entry in its room, in order, however long the
// database takes to come back.
import type { StreamId } from '../../shared/ids.ts'
import { ERRORS, LIMITS, type Result, type StreamState } from '../../shared/protocol/index.ts'
import type { VideoState } from '../../shared/media.ts'
import type { Append } from './append.ts'
import type { Change, Clock, Log, Streams } from './ports.ts'
import type { VideoProvider } from './video-ports.ts'

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000

const PUBLISHING: readonly VideoState[] = ['connecting', 'live', 'reconnecting']

export function createAiring(deps: {
  video: VideoProvider
  streams: Streams
  act: Append['act']
  clock: Clock
  log: Log
}) {
  const { video, streams, act, clock, log } = deps
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
    act(null, stream, { type: 'state', state }).then(
      (done) => {
        if (comesLater(done)) {
          clock.after(retryMs, () => work(stream, Math.min(retryMs * 2, LAST_RETRY_MS)))
          return
        }
        if (!done.ok) log.warn('stream state refused', { stream, state, code: done.denial.code })
        queue.shift()
        work(stream, FIRST_RETRY_MS)
      },
      // The lane answers and never rejects: this is a bug, and one stream's.
      (error: unknown) => {
        log.fault('stream state', error)
        queues.delete(stream)
      },
    )
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

/** The database is away or behind: what happened on air stays true, so it is written when that is over. */
const comesLater = (done: Result<Change>): boolean => !done.ok && ERRORS[done.denial.code].retry === 'later'

// What the video does becomes the state of the stream: an entry in its room, in order, however long the
// database takes to come back.
import type { StreamId } from '../../shared/ids.ts'
import {
  deny,
  ERRORS,
  LIMITS,
  ok,
  type Entry,
  type Result,
  type StreamState,
} from '../../shared/protocol/index.ts'
import type { VideoState } from '../../shared/media.ts'
import type { Append } from './append.ts'
import { createLease } from './lease.ts'
import type { Bus, Clock, Log, Notice, Random, Streams } from './ports.ts'
import type { VideoProvider } from './video-ports.ts'

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000

/** `hosted`: whoever publishes here or at another node, another service says so. */
type Due = { state: StreamState; hosted: boolean }

const PUBLISHING: readonly VideoState[] = ['connecting', 'live', 'reconnecting']

export function createAiring(deps: {
  node: string
  video: VideoProvider
  streams: Pick<Streams, 'air' | 'unaired' | 'airedElsewhere'>
  act: Append['act']
  bus: Pick<Bus, 'follow' | 'subscribe'>
  clock: Clock
  random: Pick<Random, 'fraction'>
  log: Log
}) {
  const { node, video, streams, act, clock, log } = deps
  /** Per stream, what is still to be written; the first is being written now. */
  const queues = new Map<StreamId, Due[]>()
  /** Streams published here: an end that another node writes is heard at once. */
  const followed = new Map<StreamId, () => void>()
  let stopped = false
  const publishing = (stream: StreamId) => PUBLISHING.includes(video.playback(stream).state)
  const lease = createLease({
    ...deps,
    lapsed: (stream) => {
      if (!publishing(stream)) put(stream, { state: 'ended', hosted: false })
    },
    over: video.end,
  })

  function put(stream: StreamId, due: Due): void {
    const queue = queues.get(stream)
    if (queue) {
      if (queue.at(-1)?.state !== due.state) queue.push(due)
      return
    }
    queues.set(stream, [due])
    work(stream, FIRST_RETRY_MS)
  }

  function work(stream: StreamId, retryMs: number): void {
    const queue = queues.get(stream)
    const due = queue?.[0]
    if (!queue || due === undefined || stopped) {
      queues.delete(stream)
      return
    }
    const { state } = due
    write(stream, due).then(
      (done) => {
        if (comesLater(done)) {
          clock.after(retryMs, () => work(stream, Math.min(retryMs * 2, LAST_RETRY_MS)))
          return
        }
        // What somebody else says may come twice, and then it is written already.
        const known = due.hosted && !done.ok && done.denial.code === 'wrong_state'
        if (!done.ok && !known) log.warn('stream state refused', { stream, state, code: done.denial.code })
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

  async function write(stream: StreamId, { state, hosted }: Due): Promise<Result<unknown>> {
    try {
      // Its publisher gave this node up and went on at another: it is that one's now.
      if (
        state === 'ended' &&
        !hosted &&
        (await streams.airedElsewhere(node, stream, LIMITS.publisherGraceMs))
      )
        return ok(null)
    } catch (error) {
      log.fault('stream lease', error)
      return deny('unavailable')
    }
    return act(null, stream, { type: 'state', state })
  }

  function follow(stream: StreamId): void {
    if (!publishing(stream)) {
      followed.get(stream)?.()
      followed.delete(stream)
    } else if (!followed.has(stream)) followed.set(stream, deps.bus.follow(stream))
  }

  /** The host may have ended it at another node. The bus may lose this; the next renewal of the lease will not. */
  function told(notice: Notice): void {
    if (notice.type !== 'entries' || !publishing(notice.log.stream)) return
    const isEnd = ({ event }: Entry) => event.type === 'stream' && event.state === 'ended'
    if (notice.entries.some(isEnd)) video.end(notice.log.stream)
  }

  return {
    /** Follows the video from now on; returns how to stop. */
    start(): () => void {
      const unfollow = video.onEvent(({ stream, state, hosted = false }) => {
        if (!hosted) {
          lease.heard(stream, state)
          follow(stream)
        }
        if (state === 'live' || state === 'ended') put(stream, { state, hosted })
      })
      const unsubscribe = deps.bus.subscribe(told)
      lease.start()
      return () => {
        stopped = true
        unfollow()
        unsubscribe()
        for (const release of followed.values()) release()
        lease.stop()
      }
    },
  }
}

/** The database is away or behind: what happened on air stays true, so it is written when that is over. */
const comesLater = (done: Result<unknown>): boolean => !done.ok && ERRORS[done.denial.code].retry === 'later'

// A show that another node ingests, as viewers here get it: the same packager, feed and files over what the origin
// sends, so names and bytes are the same on every node.
import type { StreamId } from '../../../shared/ids.ts'
import type { VideoState } from '../../../shared/media.ts'
import type { Clock, Topics } from '../../app/ports.ts'
import { stateFrame, stateTopic, type FeedState } from '../feed.ts'
import { createLatency } from '../latency.ts'
import { createRendition } from '../rendition.ts'
import { createShowFiles } from '../show-files.ts'
import type { Show } from '../show.ts'
import type { MediaSink, TakeHead } from '../take.ts'
import type { Shown } from './window.ts'

export type Relayed = Show &
  MediaSink & {
    readonly prefix: string
    /** Number of the newest finished segment; -1 while there is none. */
    last(): number
    /** Begins, or goes on after the line was cut: viewers start over at the newest group of pictures. */
    restore(shown: Shown, state: VideoState): void
    become(state: VideoState): void
    /** Nothing comes for now: who joins waits for what follows. */
    pause(): void
  }

export function createRelayed(deps: {
  stream: StreamId
  prefix: string
  clock: Clock
  topics: Topics
  /** What viewers were told last. */
  state: VideoState
}): Relayed {
  const { stream, prefix, clock, topics } = deps
  let state = deps.state
  /** Players reckon their delay from the clock that the media is on. */
  let ahead = 0
  const theirs = { now: () => clock.now() + ahead }
  const main = createRendition({ clock: theirs, topics, stream, layer: 'main' })
  // Not pulled yet: viewers here are offered main alone.
  const low = createRendition({ clock: theirs, topics, stream, layer: 'low', beside: main })
  const { packager, feed } = main
  const latency = createLatency()
  // The way back is kept where it is published.
  const files = createShowFiles({
    ...{ clock, prefix, main: packager, low: low.packager, tape: null },
    ended: () => state === 'ended',
    hasLow: () => false,
  })
  /** The group of pictures under way is too large to be sent: its take is told of with the next key frame. */
  let late: TakeHead | undefined

  function become(next: VideoState): void {
    if (state === next) return
    state = next
    if (next !== 'live') pause()
    topics.publish(stateTopic(stream), stateFrame(next))
    files.changed()
  }

  function pause(): void {
    late = undefined
    feed.pause()
  }

  function begin(given: FeedState | null): void {
    pause()
    if (!given) return
    if (given.group) {
      feed.take(given.head)
      for (const chunk of given.group) feed.chunk(chunk)
    } else late = given.head
  }

  return {
    prefix,
    state: () => state,
    layers: () => ['main'],
    feeds: { main: feed, low: low.feed },
    files,
    latency,
    last: () => packager.segments().at(-1)?.msn ?? -1,
    restore({ window, now }, next) {
      ahead = now - clock.now()
      packager.restore(window.packager)
      become(next)
      begin(window.feed)
    },
    become,
    pause,
    take(head) {
      late = undefined
      packager.take(head)
      feed.take(head)
    },
    chunk(chunk) {
      packager.chunk(chunk)
      if (late && chunk.key) feed.take(late)
      if (late && !chunk.key) return
      late = undefined
      feed.chunk(chunk)
    },
    cut: (at) => packager.cut(at),
  }
}

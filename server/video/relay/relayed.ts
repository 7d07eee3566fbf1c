// A show that another node ingests, as viewers here get it: the same packagers, feeds and files over what the origin
// sends, so names and bytes are the same on every node.
import type { StreamId } from '../../../shared/ids.ts'
import type { VideoState } from '../../../shared/media.ts'
import type { Clock, Topics } from '../../app/ports.ts'
import { stateFrame, stateTopic } from '../feed.ts'
import { createLatency } from '../latency.ts'
import { createRendition } from '../rendition.ts'
import { createShowFiles } from '../show-files.ts'
import type { Show } from '../show.ts'
import { createFollowing } from './following.ts'
import type { ShownSink } from './pull.ts'
import type { Shown } from './window.ts'

export type Relayed = Show &
  ShownSink & {
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
  /** The low layer came or went. */
  changed(): void
}): Relayed {
  const { stream, prefix, clock, topics } = deps
  let state = deps.state
  /** Players reckon their delay from the clock that the media is on. */
  let ahead = 0
  let hasLow = false
  const theirs = { now: () => clock.now() + ahead }
  const main = createRendition({ clock: theirs, topics, stream, layer: 'main' })
  const low = createRendition({ clock: theirs, topics, stream, layer: 'low', beside: main })
  const [follow, followLow] = [createFollowing(main), createFollowing(low)]
  const latency = createLatency()
  // The way back is kept where it is published.
  const files = createShowFiles({
    ...{ clock, prefix, main: main.packager, low: low.packager, tape: null },
    ended: () => state === 'ended',
    hasLow: () => hasLow,
  })

  function become(next: VideoState): void {
    if (state === next) return
    state = next
    if (next !== 'live') pause()
    topics.publish(stateTopic(stream), stateFrame(next))
    files.changed()
  }

  function pause(): void {
    follow.pause()
    followLow.pause()
  }

  function turn(on: boolean): void {
    if (hasLow === on) return
    hasLow = on
    deps.changed()
  }

  return {
    prefix,
    state: () => state,
    layers: () => (hasLow ? ['main', 'low'] : ['main']),
    feeds: { main: main.feed, low: low.feed },
    files,
    latency,
    last: () => main.packager.segments().at(-1)?.msn ?? -1,
    restore({ windows, now, hasLow: has }, next) {
      ahead = now - clock.now()
      main.packager.restore(windows.main.packager)
      // What was there before may lie behind a break that this node did not see.
      low.packager.clear()
      low.packager.restore(windows.low.packager)
      become(next)
      follow.begin(windows.main.feed)
      followLow.begin(windows.low.feed)
      turn(has)
    },
    become,
    pause,
    take: follow.take,
    chunk: follow.chunk,
    cut: follow.cut,
    low: {
      ...followLow,
      take(head) {
        followLow.take(head)
        turn(true)
      },
      gone() {
        low.packager.clear()
        followLow.pause()
        turn(false)
      },
    },
  }
}

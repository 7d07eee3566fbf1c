// The push side of one show: what a viewer who joins is given, and what all of them get. A chunk is published
// once to a topic; the transport does the rest, without work per viewer here.
import type { StreamId } from '../../shared/ids.ts'
import type { Layer, PushHears, VideoState } from '../../shared/media.ts'
import type { Clock, Peer, Topics } from '../app/ports.ts'
import type { Chunk, MediaSink, TakeHead } from './take.ts'

/** Viewers follow the state and one layer from `watch` on, whether or not anything is on air. */
export const stateTopic = (stream: StreamId) => `push:${stream}`
export const mediaTopic = (stream: StreamId, layer: Layer = 'main') =>
  `push:${stream}:${layer === 'main' ? 'media' : layer}`
export const stateFrame = (state: VideoState) => JSON.stringify({ t: 'state', state } satisfies PushHears)

/** What a newcomer would be given. `group`: the chunks since the newest key frame; null when there are too many. */
export type FeedState = { head: TakeHead; group: readonly Chunk[] | null }

export type Feed = MediaSink & {
  /** Null while there is nothing to give. */
  state(): FeedState | null
  /** Sends where to begin and subscribes, in one tick: no chunk is missed and none comes twice. */
  join(peer: Peer): void
  /** Its subscription is left to it. */
  leave(peer: Peer): void
  /** The publisher is gone: who joins now waits for the next take. */
  pause(): void
}

/** A newcomer is not given more than the transport lets pile up; it starts at the next key frame instead. */
const MOST_BACKLOG_BYTES = 1_500_000

export function createFeed(deps: {
  clock: Pick<Clock, 'now'>
  topics: Topics
  stream: StreamId
  layer?: Layer
}): Feed {
  const { clock, topics } = deps
  const topic = mediaTopic(deps.stream, deps.layer)
  let head: TakeHead | undefined
  /** Chunks since the newest key frame; null when there are too many. */
  let group: Chunk[] | null = []
  let groupBytes = 0
  /** Joined in the middle of a group that is too large. */
  const waiting = new Set<Peer>()

  const opening = ({ codecs, epochMs, init }: TakeHead) => [
    JSON.stringify({ t: 'init', codecs, epochMs, now: clock.now() } satisfies PushHears),
    init,
  ]

  function admit(peer: Peer, frames: readonly (string | Uint8Array)[]): void {
    if (frames.every((frame) => peer.send(frame))) peer.subscribe(topic)
    else peer.close(4408)
  }

  function restart(): void {
    group = []
    groupBytes = 0
    for (const peer of waiting) admit(peer, head ? opening(head) : [])
    waiting.clear()
  }

  return {
    take(next) {
      head = undefined
      restart()
      head = next
      for (const frame of opening(next)) topics.publish(topic, frame)
    },
    chunk(chunk) {
      if (chunk.key) restart()
      groupBytes += chunk.bytes.byteLength
      if (groupBytes > MOST_BACKLOG_BYTES) group = null
      group?.push(chunk)
      topics.publish(topic, chunk.bytes)
    },
    state: () => (head ? { head, group: group ? [...group] : null } : null),
    cut: () => undefined, // parts and segments are for HLS
    join(peer) {
      if (!head) admit(peer, [])
      else if (!group) waiting.add(peer)
      else admit(peer, [...opening(head), ...group.map((chunk) => chunk.bytes)])
    },
    leave: (peer) => void waiting.delete(peer),
    pause() {
      head = undefined
      restart()
    },
  }
}

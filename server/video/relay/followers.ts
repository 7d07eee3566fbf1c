// The other nodes that follow a show from here: they hear what its packager and its feed hear, and its states.
import type { VideoState } from '../../../shared/media.ts'
import type { MediaSink } from '../take.ts'

export type LowSink = MediaSink & {
  /** There is no low layer any more. */
  gone(): void
}
export type Follower = MediaSink & {
  low: LowSink
  state(state: VideoState): void
  /** The show goes on at another node, or nowhere. Nothing follows. */
  gone(): void
}
export type Followers = Follower & {
  /** Returns how to leave. */
  add(follower: Follower): () => void
}

export function createFollowers(): Followers {
  const all = new Set<Follower>()
  const each = (tell: (follower: Follower) => void) => {
    for (const follower of [...all]) tell(follower)
  }
  return {
    take: (head) => each((one) => one.take(head)),
    chunk: (chunk) => each((one) => one.chunk(chunk)),
    cut: (at) => each((one) => one.cut(at)),
    low: {
      take: (head) => each(({ low }) => low.take(head)),
      chunk: (chunk) => each(({ low }) => low.chunk(chunk)),
      cut: (at) => each(({ low }) => low.cut(at)),
      gone: () => each(({ low }) => low.gone()),
    },
    state: (state) => each((one) => one.state(state)),
    gone() {
      each((one) => one.gone())
      all.clear()
    },
    add(follower) {
      all.add(follower)
      return () => void all.delete(follower)
    },
  }
}

// The other nodes that follow a show from here: they hear what its packager and its feed hear, and its states.
import type { VideoState } from '../../../shared/media.ts'
import type { MediaSink } from '../take.ts'

export type Follower = MediaSink & {
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

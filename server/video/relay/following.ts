// One layer of a show that another node ingests: the same packager and feed over what the origin sends of it.
import type { FeedState } from '../feed.ts'
import type { Rendition } from '../rendition.ts'
import type { MediaSink, TakeHead } from '../take.ts'

export type Following = MediaSink & {
  /** Begins with what a viewer who joins is given. */
  begin(given: FeedState | null): void
  /** Nothing comes for now: who joins waits for what follows. */
  pause(): void
}

export function createFollowing({ packager, feed }: Rendition): Following {
  /** The group of pictures under way is too large to be sent: its take is told of with the next key frame. */
  let late: TakeHead | undefined

  function pause(): void {
    late = undefined
    feed.pause()
  }

  return {
    begin(given) {
      pause()
      if (!given) return
      if (given.group) {
        feed.take(given.head)
        for (const chunk of given.group) feed.chunk(chunk)
      } else late = given.head
    },
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

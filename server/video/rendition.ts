// One layer of one show as viewers get it: segments and parts for HLS, chunks for those they are pushed to.
import type { StreamId } from '../../shared/ids.ts'
import type { Layer } from '../../shared/media.ts'
import type { Clock, Topics } from '../app/ports.ts'
import { createFeed, type Feed } from './feed.ts'
import { createPackager, type Packager } from './packager.ts'
import type { MediaSink } from './take.ts'

export type Rendition = MediaSink & { packager: Packager; feed: Feed }

/** `firstSegment`: the number of its first one. `beside`: the layer whose numbers this one keeps to. */
export function createRendition(deps: {
  clock: Pick<Clock, 'now'>
  topics: Topics
  stream: StreamId
  layer: Layer
  firstSegment?: number | undefined
  beside?: Rendition
}): Rendition {
  const packager = createPackager(deps.firstSegment, deps.beside?.packager)
  const feed = createFeed(deps)
  return {
    packager,
    feed,
    take(head) {
      packager.take(head)
      feed.take(head)
    },
    chunk(chunk) {
      packager.chunk(chunk)
      feed.chunk(chunk)
    },
    cut: (at) => packager.cut(at),
  }
}

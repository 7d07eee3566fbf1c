// Both layers of a show that is published here: what its publisher sends goes to main as if there were nothing else, and
// beside it to the low one.
import type { StreamId } from '../../shared/ids.ts'
import type { EncodedPacket, Layer, VideoConfig } from '../../shared/media.ts'
import type { Clock, Topics } from '../app/ports.ts'
import type { Tape } from '../app/video-ports.ts'
import { createShowFiles, type ShowFiles } from './show-files.ts'
import { createLow, type LowSource } from './low.ts'
import { createMuxer, type Muxer } from './muxer.ts'
import { createRendition, type Rendition } from './rendition.ts'
import type { MediaSink } from './take.ts'

/** For whoever publishes. */
export type LayersIn = {
  muxer: Pick<Muxer, 'config' | 'packet' | 'reset' | 'endsAt'>
  low: {
    config(config: VideoConfig): void
    /** What is wrong with it, or null. */
    packet(packet: EncodedPacket, now: number): string | null
    end(now: number): void
  }
}
export type Layers = LayersIn & {
  main: Rendition
  /** Main first. */
  there(): readonly Layer[]
  feeds: Record<Layer, Rendition['feed']>
  files: ShowFiles
  /** The pictures of another source than the publisher. */
  source: LowSource
  /** Brings out what was held back. Nothing comes for now. */
  pause(): void
}

export function createLayers(deps: {
  stream: StreamId
  clock: Clock
  topics: Topics
  prefix: string
  firstSegment: number | undefined
  tape: Pick<Tape, 'dvr'> | null
  ended(): boolean
  /** Hears what main gives its viewers, before they do. */
  ahead: MediaSink
  /** Another layer came or went. */
  changed(): void
}): Layers {
  const { clock, ahead } = deps
  const main = createRendition({ ...deps, layer: 'main' })
  const small = createRendition({ ...deps, layer: 'low', beside: main })
  let isThere = false
  const mainMuxer = createMuxer({
    take(head) {
      ahead.take(head)
      main.take(head)
    },
    chunk(chunk) {
      ahead.chunk(chunk)
      main.chunk(chunk)
    },
    cut(at) {
      ahead.cut(at)
      main.cut(at)
    },
  })
  const lowMuxer = createMuxer(
    {
      ...small,
      take(head) {
        small.take(head)
        if (isThere) return
        isThere = true
        deps.changed()
      },
    },
    mainMuxer,
  )
  const files = createShowFiles({ ...deps, main: main.packager, low: small.packager, hasLow: () => isThere })
  const low = createLow({
    main: mainMuxer,
    muxer: lowMuxer,
    gone() {
      const was = isThere
      isThere = false
      small.packager.clear()
      small.feed.pause()
      if (was) deps.changed()
    },
  })

  return {
    main,
    there: () => (isThere ? ['main', 'low'] : ['main']),
    feeds: { main: main.feed, low: small.feed },
    files,
    muxer: {
      config(config, now) {
        mainMuxer.config(config, now)
        low.besideConfig(config, now)
      },
      packet(packet, now) {
        const says = mainMuxer.packet(packet, now)
        if (says === null) low.beside(packet, now)
        return says
      },
      reset(now) {
        mainMuxer.reset(now)
        low.reset(now)
      },
      endsAt: () => Math.max(mainMuxer.endsAt(), lowMuxer.endsAt()),
    },
    low: {
      config: (config) => low.config(config, 'publisher'),
      packet: (packet, now) => low.packet(packet, 'publisher', now),
      end: (now) => low.end('publisher', now),
    },
    source: {
      wanted: low.wanted,
      config: (config) => low.config(config, 'elsewhere'),
      packet: (packet) => low.packet(packet, 'elsewhere', clock.now()),
      end: () => low.end('elsewhere', clock.now()),
    },
    pause() {
      mainMuxer.pause()
      low.pause()
      main.feed.pause()
      small.feed.pause()
    },
  }
}

// One <video> fed through Media Source Extensions: opens a source per timeline, keeps close to the live edge,
// gets over holes and stalls. Knows nothing of sockets.
import { every, type Clock } from '../../clock.ts'
import { createAppender, type Appender } from './appender.ts'
import { calmed, decide, narrowed, newPace, stalled, type Span } from './pace.ts'
import { latencyMs, offsetMs, place, type Init, type Timeline } from './timeline.ts'

export type Video = Pick<
  HTMLVideoElement,
  | 'src'
  | 'currentTime'
  | 'playbackRate'
  | 'buffered'
  | 'paused'
  | 'seeking'
  | 'disableRemotePlayback'
  | 'play'
  | 'removeAttribute'
  | 'load'
  | 'addEventListener'
  | 'removeEventListener'
>
export type ScreenEvents = {
  /** There is more to play: how late its end came, on a clock that is as wrong at every chunk. */
  edge(lateMs: number): void
  /** The browser refuses to start by itself: a person must touch the page first. */
  blocked(): void
  /** These buffers are beyond repair: ask for a new init. */
  broken(error: unknown): void
  /** The browser has no decoder for these codecs. */
  unsupported(codecs: string): void
}
export type Screen = {
  init(init: Init): void
  chunk(bytes: ArrayBuffer): void
  /** To the live edge, now. */
  toLive(): void
  /** From now on further behind. */
  narrow(): void
  latency(): number | null
  /** Forgets buffers and timeline; the next init starts over. */
  reset(): void
  stop(): void
}

export type SourceClass = { new (): MediaSource; isTypeSupported(mime: string): boolean }
/** `early`: what came before the source opened; null when that was too much to keep. */
type Source = { appender: Appender | null; early: ((appender: Appender) => void)[] | null; url: string }

const TICK_MS = 200
/** Media is there and the position stands still this long: nudge it. */
const STUCK_MS = 1_200
const NUDGES = 3
const MOST_EARLY = 300
/** A group of pictures that overlaps what is buffered is here in that time, or the line is too slow for it. */
const SEAM_MS = 1_500

/** Safari on phones has only the managed kind; where both exist the managed one saves battery. */
export function sourceClass(): SourceClass | undefined {
  const scope = globalThis as { ManagedMediaSource?: SourceClass; MediaSource?: SourceClass }
  return scope.ManagedMediaSource ?? scope.MediaSource
}

export function createScreen(deps: {
  video: Video
  Source: SourceClass
  clock: Clock
  on: ScreenEvents
}): Screen {
  const { video, clock, on, Source } = deps
  let source: Source | null = null
  let timeline: Timeline | null = null
  let clockOffset: number | null = null
  let pace = newPace(clock.now())
  let begun = false
  let nudges = 0
  /** Set while playback stands for want of media. Only a stall that ends by itself is the line's jitter; one that
   * ends with a jump was a hole, and playing further back would not have helped. */
  let starving = false
  /** Behind another init in the same buffers: where they ended, and whether what follows overwrites them. */
  let seam: { end: number; until: number; overlaps: boolean } | null = null
  let moved = { position: -1, at: clock.now() }

  function init(next: Init): void {
    clockOffset = offsetMs(clockOffset, next.now, clock.now())
    const mime = `video/mp4; codecs="${next.codecs}"`
    if (!Source.isTypeSupported(mime)) {
      on.unsupported(next.codecs)
      return
    }
    const placed = place(timeline, next)
    timeline = placed.timeline
    if (placed.fresh || !source) open(mime)
    else {
      const { offset } = timeline
      const end = spansOf(video.buffered).at(-1)?.end
      if (begun && end !== undefined) seam = { end, until: clock.now() + SEAM_MS, overlaps: false }
      feed((appender) => appender.generation(mime, offset))
    }
  }

  function open(mime: string): void {
    close()
    const media = new Source()
    const mine: Source = { appender: null, early: [], url: URL.createObjectURL(media) }
    source = mine
    begun = false
    // ManagedMediaSource stays closed while the element may be sent to another screen (AirPlay).
    video.disableRemotePlayback = true
    media.addEventListener('sourceopen', () => {
      if (source !== mine || mine.appender) return
      try {
        const buffer = media.addSourceBuffer(mime)
        buffer.mode = 'segments'
        mine.appender = createAppender({
          buffer,
          position: () => video.currentTime,
          // On joining, the newest seconds come in one burst: where it ends is the live edge.
          appended: (drained) => {
            if (begun || drained) pursue()
            if (!seam?.overlaps) tellEdge()
          },
          broken: (error) => on.broken(error),
        })
        if (!mine.early) {
          on.broken(new Error('the source opened too late'))
          return
        }
        for (const job of mine.early.splice(0)) job(mine.appender)
      } catch (error) {
        on.broken(error)
      }
    })
    video.src = mine.url
  }

  function feed(job: (appender: Appender) => void): void {
    if (source?.appender) {
      job(source.appender)
      return
    }
    // A tab opened in the background may not open its source before somebody looks at it.
    if (source?.early && source.early.push(job) > MOST_EARLY) source.early = null
  }

  function pursue(): void {
    const spans = spansOf(video.buffered)
    const live = spans.at(-1)
    if (!live || video.seeking) return
    if (!begun) {
      begin(live)
      return
    }
    if (seam && !sewn(seam, live)) return
    const move = decide(pace, video.currentTime, spans, starving)
    if (move.kind === 'jump') jump(move.to)
    if (move.kind === 'rate') setRate(move.rate)
  }

  /** A buffer gives up what is overwritten, and what follows it to the next key frame, until the new pictures have
   * come as far: then it is short, which is no reason to jump. And the decoder goes on with the old pictures to the
   * next new key frame and shows none where there are none left; sought anew, at the place where it is, it finds the
   * new ones at once. False: not yet. */
  function sewn(open: NonNullable<typeof seam>, live: Span): boolean {
    const short = live.end < open.end - 0.02
    if (clock.now() >= open.until) seam = null
    else if (short) {
      open.overlaps = true
      return false
    } else if (open.overlaps) {
      seam = null
      const here = video.currentTime
      if (here >= live.start && here < live.end) {
        video.currentTime = here
        return false
      }
    }
    return true
  }

  function tellEdge(): void {
    const live = spansOf(video.buffered).at(-1)
    if (timeline && live) on.edge(clock.now() - timeline.zeroMs - live.end * 1000)
  }

  function begin(live: Span): void {
    begun = true
    jump(Math.max(live.start, live.end - pace.target))
    play()
  }

  function jump(to: number): void {
    starving = false
    video.currentTime = to
    setRate(1)
    moved = { position: to, at: clock.now() }
  }

  function setRate(rate: number): void {
    pace = { ...pace, rate }
    video.playbackRate = rate
  }

  function play(): void {
    // A play() cut short by a new source rejects with AbortError; that one is no refusal.
    video.play().catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotAllowedError') on.blocked()
    })
  }

  function waiting(): void {
    if (begun && !video.seeking) starving = true
  }

  function playing(): void {
    if (starving) pace = stalled(pace, clock.now())
    starving = false
  }

  const stopTicking = every(clock, TICK_MS, () => {
    const now = clock.now()
    if (!begun || video.paused) return
    pace = calmed(pace, now)
    if (video.currentTime !== moved.position) {
      moved = { position: video.currentTime, at: now }
      nudges = 0
    } else if (now - moved.at > STUCK_MS) nudge()
    pursue()
  })

  /** A decoder that stands still with media in front of it; without any, the host's line is what is missing. */
  function nudge(): void {
    const live = spansOf(video.buffered).at(-1)
    moved = { ...moved, at: clock.now() }
    // In front of a hole it waits for enough behind that.
    if (!live || live.end - video.currentTime < 0.3 || video.currentTime < live.start) return
    nudges += 1
    if (nudges > NUDGES) on.broken(new Error('the decoder stands still'))
    else jump(Math.max(live.start, live.end - pace.target))
  }

  function toLive(): void {
    const live = spansOf(video.buffered).at(-1)
    if (live && live.end - video.currentTime > pace.target + 0.3)
      jump(Math.max(live.start, live.end - pace.target))
    if (begun && video.paused) play()
  }

  function close(): void {
    source?.appender?.stop()
    if (source) URL.revokeObjectURL(source.url)
    source = null
    seam = null
  }

  video.addEventListener('waiting', waiting)
  video.addEventListener('playing', playing)
  return {
    init,
    chunk: (bytes) => feed((appender) => appender.push(bytes)),
    toLive,
    narrow: () => void (pace = narrowed(pace, clock.now())),
    latency: () =>
      timeline && begun && clockOffset !== null
        ? latencyMs(timeline, video.currentTime, clock.now(), clockOffset)
        : null,
    reset() {
      close()
      timeline = null
      begun = false
    },
    stop() {
      stopTicking()
      close()
      video.removeEventListener('waiting', waiting)
      video.removeEventListener('playing', playing)
    },
  }
}

function spansOf(ranges: TimeRanges): Span[] {
  return Array.from({ length: ranges.length }, (_, i) => ({ start: ranges.start(i), end: ranges.end(i) }))
}

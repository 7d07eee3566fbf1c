// Plays recordings of one stream in order as if they were one, or the last half hour of what is live: seeks across
// them, asks again for what expired or broke, and says what goes on. All times in milliseconds.
import type { Clock } from '../../clock.ts'
import { backoffMs } from '../backoff.ts'
import { clipAt, locate, offsetOf, totalMs, type Clip } from './joined.ts'
import type { OpenReel, Reel, Trouble } from './reel.ts'

export type DeckFacts = {
  /** `idle`: nothing was fetched yet. */
  at: 'idle' | 'loading' | 'ready' | 'failed' | 'gone' | 'unsupported'
  playing: boolean
  /** Wants to play and has nothing to show at the moment. */
  starving: boolean
  /** Played to its end. */
  over: boolean
  /** The browser wants a touch before it plays. */
  blocked: boolean
}
export type Stretch = { from: number; to: number }
export type Deck = {
  play(): void
  pause(): void
  /** To a place of the whole. */
  seek(at: number): void
  /** To the picture of a moment, Unix ms. */
  toDate(date: number): void
  setRate(rate: number): void
  position(): number
  /** What can be sought in. */
  span(): Stretch
  buffered(): Stretch[]
  /** When the picture shown was filmed, Unix ms; null when that is not known. */
  date(): number | null
  /** The same recordings with other addresses, or other trims. */
  replace(clips: readonly Clip[]): void
  retry(): void
  stop(): void
}
export type DeckVideo = HTMLVideoElement
export type DeckDeps = {
  video: DeckVideo
  clips: readonly Clip[]
  /** Still being filmed: places are those of the one playlist, and it moves. */
  live: boolean
  open: OpenReel
  /** The clips as they are now; null: there is no answer. */
  renew(): Promise<readonly Clip[] | null>
  clock: Clock
  fraction(): number
  show(facts: DeckFacts): void
  /** Position, span or what is buffered moved. */
  moved(): void
}

const TRIES = 5
/** An address is renewed this long before it stops working. */
const EARLY_MS = 60_000
/** A timer cannot wait for longer than 24 days. */
const LONGEST_MS = 20 * 86_400_000
/** The edge of what is still filmed is not there yet. */
const EDGE_MS = 3_000

export function createDeck(deps: DeckDeps): Deck {
  const { video, clock, live } = deps
  let clips = deps.clips
  let index = 0
  let reel: Reel | null = null
  /** Where to go once the playlist is known. */
  let target: { ms: number } | { date: number } | null = null
  /** The second that a moment was found at. A player that loads for the first time goes to its own start once more,
   * after that: at the first picture it is sent back. */
  let found: number | null = null
  let round = 0
  let tries = 0
  let rate = 1
  let cancelRetry = (): void => undefined
  let cancelRenewal = (): void => undefined
  let facts: DeckFacts = { at: 'idle', playing: false, starving: false, over: false, blocked: false }

  function tell(change: Partial<DeckFacts>): void {
    facts = { ...facts, ...change }
    deps.show(facts)
  }

  function load(next: number, to: typeof target): void {
    const clip = clips[next]
    const mine = ++round
    cancelRetry()
    reel?.stop()
    reel = null
    index = next
    target = to
    found = null
    if (!clip) {
      tell({ at: 'gone', starving: false })
      return
    }
    tell({ at: 'loading', over: false })
    const from = to && 'ms' in to ? to.ms / 1000 : live ? null : 0
    renewInTime(clip)
    deps
      .open(video, clip.hls, from, {
        ready: () => mine === round && arrived(),
        failed: (trouble) => mine === round && failed(trouble),
      })
      .then(
        (opened) => {
          if (mine !== round) opened.stop()
          else {
            reel = opened
            // Its playlist may have come before the promise did.
            if (opened.span()) arrived()
          }
        },
        () => mine === round && failed('network'),
      )
  }

  function arrived(): void {
    if (!reel || facts.at === 'ready') return
    const seconds = target && 'date' in target ? reel.seconds(target.date) : null
    if (seconds !== null) video.currentTime = seconds
    found = seconds
    target = null
    video.playbackRate = rate
    tell({ at: 'ready' })
    if (facts.playing) start()
    deps.moved()
  }

  function failed(trouble: Trouble): void {
    const place = here()
    if (trouble === 'unsupported') {
      tell({ at: 'unsupported', starving: false })
      return
    }
    tries += 1
    if (tries > TRIES) {
      tell({ at: trouble === 'gone' ? 'gone' : 'failed', starving: false })
      return
    }
    const mine = ++round
    tell({ at: 'loading' })
    // The list is asked first: an address may have expired, and a recording may be deleted.
    cancelRetry = clock.after(backoffMs(tries, deps.fraction()), () => {
      deps.renew().then(
        (fresh) => {
          if (mine !== round) return
          if (fresh) clips = fresh
          load(Math.min(index, Math.max(0, clips.length - 1)), place)
        },
        () => mine === round && failed('network'),
      )
    })
  }

  function renewInTime(clip: Clip): void {
    const { expiresAt } = clip
    cancelRenewal()
    if (expiresAt === null) return
    const wait = Math.max(1_000, expiresAt - EARLY_MS - clock.now())
    cancelRenewal = clock.after(Math.min(LONGEST_MS, wait), () => {
      deps.renew().then(
        (fresh) => {
          if (fresh) replace(fresh)
          const again = clips[index]
          if (again && again.expiresAt !== clip.expiresAt) renewInTime(again)
        },
        () => undefined,
      )
    })
  }

  const here = (): NonNullable<typeof target> => target ?? { ms: video.currentTime * 1000 }

  function start(): void {
    video.play().then(
      () => tell({ blocked: false }),
      (error: unknown) => {
        if (error instanceof Error && error.name === 'NotAllowedError')
          tell({ blocked: true, playing: false })
      },
    )
  }

  function replace(fresh: readonly Clip[]): void {
    const id = clips[index]?.id
    const date = target && 'date' in target ? target.date : (reel?.date(video.currentTime) ?? null)
    const sameFilm = isSameFilm(clips, fresh)
    clips = fresh
    // Another address alone is for the next time it is needed: what plays goes on.
    if (facts.at === 'idle' || (sameFilm && facts.at === 'ready')) return
    const same = fresh.findIndex((clip) => clip.id === id)
    load(Math.max(0, same), date === null ? null : { date })
  }

  const moved = (): void => deps.moved()
  const shown = (): void => {
    if (found !== null && Math.abs(video.currentTime - found) > 1) video.currentTime = found
    found = null
  }
  const playing = (): void => {
    tries = 0
    tell({ starving: false, blocked: false, over: false })
  }
  const waiting = (): void => {
    if (facts.playing) tell({ starving: true })
  }
  // By the system, a headset or a floating window; at an end and at a new source the element pauses by itself.
  const paused = (): void => {
    if (facts.at === 'ready' && !video.ended) tell({ playing: false, starving: false })
  }
  const resumed = (): void => tell({ playing: true })
  const ended = (): void => {
    if (!live && index + 1 < clips.length) load(index + 1, { ms: 0 })
    else tell({ over: true, playing: false, starving: false })
  }
  const on: [string, () => void][] = [
    ...['timeupdate', 'seeking', 'seeked', 'progress', 'durationchange'].map((type): [string, () => void] => [
      type,
      moved,
    ]),
    ['loadeddata', shown],
    ['playing', playing],
    ['waiting', waiting],
    ['pause', paused],
    ['play', resumed],
    ['ended', ended],
  ]
  for (const [type, listener] of on) video.addEventListener(type, listener)

  const base = (): number => (live ? 0 : offsetOf(clips, index) - 1000 * (reel?.span()?.start ?? 0))
  function span(): Stretch {
    if (!live) return { from: 0, to: totalMs(clips) }
    const there = reel?.span()
    return there ? { from: there.start * 1000, to: there.end * 1000 } : { from: 0, to: 0 }
  }

  function seek(at: number): void {
    const { from, to } = span()
    const inside = Math.min(Math.max(at, from), live ? Math.max(from, to - EDGE_MS) : to)
    const place = live ? { index: 0, ms: inside } : locate(clips, inside)
    tell({ over: false })
    found = null
    if (place.index !== index || !reel || facts.at !== 'ready') {
      tries = 0
      load(place.index, { ms: place.ms })
    } else video.currentTime = (inside - base()) / 1000
    deps.moved()
  }

  return {
    play() {
      tell({ playing: true, blocked: false })
      if (facts.over) seek(span().from)
      if (facts.at === 'idle') load(index, target)
      else if (facts.at === 'ready') start()
    },
    pause() {
      tell({ playing: false, starving: false })
      video.pause()
    },
    seek,
    toDate(date) {
      const next = live ? 0 : clipAt(clips, date)
      const seconds = next === index && facts.at === 'ready' ? (reel?.seconds(date) ?? null) : null
      if (seconds === null) load(next, { date })
      else video.currentTime = seconds
    },
    setRate(next) {
      rate = next
      video.defaultPlaybackRate = next
      video.playbackRate = next
    },
    position() {
      const at =
        target && 'ms' in target ? offsetOf(clips, index) + target.ms : base() + video.currentTime * 1000
      const { from, to } = span()
      return Math.min(Math.max(at, from), Math.max(from, to))
    },
    span,
    buffered() {
      const { buffered } = video
      return Array.from({ length: buffered.length }, (_, i) => ({
        from: base() + buffered.start(i) * 1000,
        to: base() + buffered.end(i) * 1000,
      }))
    },
    date: () => (facts.at === 'ready' ? (reel?.date(video.currentTime) ?? null) : null),
    replace,
    retry() {
      tries = 0
      load(index, here())
    },
    stop() {
      round += 1
      cancelRetry()
      cancelRenewal()
      reel?.stop()
      reel = null
      for (const [type, listener] of on) video.removeEventListener(type, listener)
    },
  }
}

const isSameFilm = (one: readonly Clip[], other: readonly Clip[]): boolean =>
  one.length === other.length &&
  one.every((clip, i) => {
    const as = other[i]
    return as?.id === clip.id && as.startedAt === clip.startedAt && as.durationMs === clip.durationMs
  })

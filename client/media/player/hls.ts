// The second way to play: LL-HLS by hls.js (loaded only now), or the browser's own HLS where there is no Media
// Source Extensions at all (iOS before 17.1). hls.js is asked first: `canPlayType` says "maybe" in browsers whose
// own HLS is young.
import type { Playback } from '../../../shared/api/streams.ts'
import type { Layer } from '../../../shared/media.ts'
import type { Choice, Heights } from './chooser.ts'

export type HlsEvents = {
  /** Asked once the library is here: by then push may have come back. */
  wanted(): boolean
  /** The server's clock, which programme date-times are on. */
  now(): number
  /** A frame can be shown. */
  ready(): void
  blocked(): void
  /** The sizes that the playlist names, and the one that is loaded. */
  layers(layers: readonly Layer[], playing: Layer, heights: Heights): void
  /** Retrying inside did not help. */
  failed(error: unknown): void
  /** Neither way exists in this browser. */
  unsupported(): void
}
export type HlsPlayer = {
  toLive(): void
  pause(): void
  latency(): number | null
  choose(choice: Choice): void
  /** The same stream under another address: the one so far stops working soon. */
  renew(address: string): void
  stop(): void
}

/** Defaults would move a second further from live with every stall and never come back. */
const CONFIG = {
  lowLatencyMode: true,
  maxLiveSyncPlaybackRate: 1.1,
  liveSyncOnStallIncrease: 0.3,
  // Of several sizes, none larger than can be seen.
  capLevelToPlayerSize: true,
  backBufferLength: 30,
  // Our parts are fMP4 already: a worker has nothing to do, and its blob: script would need a looser policy.
  enableWorker: false,
}
/** A programme date-time this far from the clock says the clock is wrong, not that the picture is late. */
const PLAUSIBLE_MS = 120_000

export async function playHls(
  video: HTMLVideoElement,
  playback: Pick<Playback, 'hls' | 'hlsPlain'>,
  on: HlsEvents,
): Promise<HlsPlayer | null> {
  const { default: Hls } = await import('hls.js/light')
  if (!on.wanted()) return null
  if (!Hls.isSupported()) return playNative(video, playback.hlsPlain, on)
  let address = playback.hls
  let loaded = address
  const hls = new Hls({
    ...CONFIG,
    xhrSetup(xhr, url) {
      const now = renewed(url, address)
      if (now !== url) xhr.open('GET', now, true)
    },
  })
  let mended = false
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return
    // What it loaded from the old address may have stopped working with it.
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR && loaded !== address) {
      loaded = address
      hls.loadSource(address)
      return
    }
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true
      hls.recoverMediaError()
      return
    }
    on.failed(data.error)
  })
  let chosen: Choice = 'auto'
  const level = (): number => ({ auto: -1, low: 0, main: hls.levels.length - 1 })[chosen]
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    if (chosen !== 'auto') hls.loadLevel = level()
    start(video, on)
  })
  // hls.js sorts them, the smallest first; of more than two the ends can be chosen.
  const tell = (): void => {
    const first = hls.levels[0]
    const last = hls.levels.at(-1)
    if (!first || !last) return
    const several = hls.levels.length > 1
    on.layers(
      several ? ['main', 'low'] : ['main'],
      several && hls.currentLevel === 0 ? 'low' : 'main',
      several ? { main: sizeOf(last), low: sizeOf(first) } : { main: sizeOf(last) },
    )
  }
  for (const event of [Hls.Events.LEVEL_SWITCHED, Hls.Events.LEVELS_UPDATED] as const) hls.on(event, tell)
  hls.loadSource(playback.hls)
  hls.attachMedia(video)
  return {
    toLive() {
      hls.startLoad(-1)
      if (hls.liveSyncPosition !== null) video.currentTime = hls.liveSyncPosition
      start(video, on)
    },
    pause() {
      video.pause()
      hls.stopLoad()
    },
    latency: () => behind(hls.playingDate, on.now()),
    choose(choice) {
      chosen = choice
      // Behind the piece that is shown now.
      if (hls.levels.length > 1) hls.nextLevel = level()
    },
    renew(next) {
      const more = next.split('?')[0] !== address.split('?')[0] && hls.levels.length < 2
      address = next
      // What has one size knows of no other. The one that has several goes on with those that are left.
      if (!more) return
      loaded = next
      hls.loadSource(next)
    },
    stop: () => hls.destroy(),
  }
}

function playNative(video: HTMLVideoElement, url: string, on: HlsEvents): HlsPlayer {
  if (video.canPlayType('application/vnd.apple.mpegurl') === '') on.unsupported()
  const errored = (): void => on.failed(video.error)
  video.addEventListener('error', errored)
  video.src = url
  start(video, on)
  return {
    toLive() {
      const { seekable } = video
      if (seekable.length > 0) video.currentTime = seekable.end(seekable.length - 1)
      start(video, on)
    },
    pause: () => video.pause(),
    latency: () => {
      const zero = (video as { getStartDate?(): Date }).getStartDate?.()
      return behind(zero ? new Date(zero.getTime() + video.currentTime * 1000) : null, on.now())
    },
    // The browser changes between sizes by itself and lets nobody choose.
    choose: () => undefined,
    // It cannot change what it plays from; when that stops working it starts over with the new one.
    renew: () => undefined,
    stop() {
      video.removeEventListener('error', errored)
      video.removeAttribute('src')
      video.load()
    },
  }
}

function start(video: HTMLVideoElement, on: HlsEvents): void {
  video.play().then(
    () => on.ready(),
    (error: unknown) => {
      if (error instanceof Error && error.name === 'NotAllowedError') on.blocked()
    },
  )
}

/** Pictures are named by their smaller side, also upright ones. 0 where the playlist does not say. */
const sizeOf = ({ width, height }: { width: number; height: number }): number =>
  Math.min(width || height, height || width)

/** Of the playlist that has another address now, that one; everything else as it is, also what a player added. */
export function renewed(url: string, address: string): string {
  const [path, query] = address.split('?')
  return query !== undefined && url.split('?')[0] === path ? address : url
}

/** Null: the playlist has no dates, which a player may give as a date that is none. */
export function behind(playing: Date | null, now: number): number | null {
  if (!playing) return null
  const ms = now - playing.getTime()
  return ms >= 0 && ms < PLAUSIBLE_MS ? ms : null
}

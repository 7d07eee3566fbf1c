// One playlist of something filmed earlier on one <video>: hls.js (loaded only now), or the browser's own HLS where
// there is no Media Source Extensions at all.
import { dateOf, secondsOf, type Dated } from './dates.ts'

export type Trouble =
  /** It is not there, or not for this viewer (any more). */
  | 'gone'
  | 'network'
  | 'media'
  /** Neither way exists in this browser. */
  | 'unsupported'
export type ReelEvents = {
  /** Its pictures are known: it can be sought in. */
  ready(): void
  failed(trouble: Trouble): void
}
export type Reel = {
  /** When the picture at this second was filmed, Unix ms. */
  date(seconds: number): number | null
  seconds(date: number): number | null
  /** What can be played, in seconds; grows while it is filmed. */
  span(): { start: number; end: number } | null
  stop(): void
}
/** `from`: the second to begin at; null: the beginning, or the newest picture of what is still filmed. */
export type OpenReel = (
  video: HTMLVideoElement,
  url: string,
  from: number | null,
  on: ReelEvents,
) => Promise<Reel>

const CONFIG = {
  backBufferLength: 60,
  maxBufferLength: 40,
  lowLatencyMode: false,
  // Our segments are fMP4 already: a worker has nothing to do, and its blob: script would need a looser policy.
  enableWorker: false,
}
const GONE = [401, 403, 404, 410]

export const loadHls = () => import('hls.js/light')

export const openReel: OpenReel = async (video, url, from, on) => {
  const { default: Hls } = await loadHls()
  if (!Hls.isSupported()) return openNative(video, url, from, on)
  const hls = new Hls({ ...CONFIG, ...(from === null ? {} : { startPosition: from }) })
  let fragments: readonly Dated[] = []
  let end = 0
  let mended = 0
  let known = false
  hls.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => {
    fragments = details.fragments
    end = details.edge
    if (known || fragments.length === 0) return
    known = true
    on.ready()
  })
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mended < 2) {
      mended += 1
      hls.recoverMediaError()
    } else if (GONE.includes(data.response?.code ?? 0)) on.failed('gone')
    else on.failed(data.type === Hls.ErrorTypes.NETWORK_ERROR ? 'network' : 'media')
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return {
    date: (seconds) => dateOf(fragments, seconds),
    seconds: (date) => secondsOf(fragments, date),
    span: () => (known ? { start: fragments[0]?.start ?? 0, end } : null),
    stop: () => hls.destroy(),
  }
}

/** Only Safari tells when its pictures were filmed, and that for the first one alone. */
type Started = { getStartDate?(): Date }

function openNative(video: HTMLVideoElement, url: string, from: number | null, on: ReelEvents): Reel {
  if (video.canPlayType('application/vnd.apple.mpegurl') === '') on.failed('unsupported')
  const zero = (): number | null => {
    const at = (video as Started).getStartDate?.().getTime() ?? NaN
    return Number.isFinite(at) ? at : null
  }
  const loaded = (): void => {
    if (from !== null) video.currentTime = from
    on.ready()
  }
  const errored = (): void => on.failed(video.error?.code === 2 ? 'network' : 'media')
  video.addEventListener('loadedmetadata', loaded)
  video.addEventListener('error', errored)
  video.src = url
  return {
    date: (seconds) => {
      const start = zero()
      return start === null ? null : start + seconds * 1000
    },
    seconds: (date) => {
      const start = zero()
      return start === null ? null : Math.max(0, (date - start) / 1000)
    },
    span: () => {
      const { seekable } = video
      const last = seekable.length - 1
      return last < 0 ? null : { start: seekable.start(0), end: seekable.end(last) }
    },
    stop() {
      video.removeEventListener('loadedmetadata', loaded)
      video.removeEventListener('error', errored)
      video.removeAttribute('src')
      video.load()
    },
  }
}

// The playlists and media of one layer of a show as files by name. Holds a request until what it asks for is there, never for
// long: a publisher that is gone must not take its viewers' requests with it.
import type { Clock } from '../app/ports.ts'
import type { MediaFile, MediaQuery, Tape } from '../app/video-ports.ts'
import { LISTED_SEGMENTS, type Packager } from './packager.ts'
import { lowLatencyPlaylist, plainPlaylist, type PlaylistView } from './playlist.ts'

export type Files = {
  /** Whether a playlist could be answered at once. */
  ready(): boolean
  get(file: string, query: MediaQuery): Promise<MediaFile | null>
  /** The state changed: what waited for something that cannot come is answered. */
  changed(): void
  /** The other layer has something new. */
  besideChanged(): void
}

/** Blocking reloads and hinted parts end after this with what there is. hls.js gives up on a reload after three
 * part targets (1.65 s) or 0.8 target durations, whichever is more; an unchanged playlist it bears well. */
const HOLD_MS = 1_500
/** The first playlist waits for the first segment: a player takes one without segments for an error. */
const FIRST_HOLD_MS = 6_000
/** Names never come back with other content, so this is only how long a cache may help out. */
const MEDIA_MAX_AGE_S = 60

type Waiting = { ready: () => boolean; go: () => void }

export function createFiles(deps: {
  clock: Clock
  prefix: string
  packager: Packager
  /** Nothing will come any more. */
  ended(): boolean
  /** What is kept of the show; null: nothing. */
  tape: Pick<Tape, 'dvr'> | null
  /** The newest of the other layer; null: there is none. */
  beside?(): PlaylistView['beside']
}): Files {
  const { clock, prefix, packager } = deps
  const waiting = new Set<Waiting>()
  /** Rendered once per change, however many ask. */
  let rendered: { live?: string; plain?: string } = {}

  const listed = () => packager.segments().slice(-LISTED_SEGMENTS)
  const view = (): PlaylistView => ({
    prefix,
    segments: listed(),
    open: packager.open(),
    ended: deps.ended(),
    beside: deps.beside?.() ?? null,
  })

  function changed(): void {
    rendered = {}
    for (const one of waiting) if (one.ready()) one.go()
  }
  packager.onChange(changed)

  function until(condition: () => boolean, mostMs: number): Promise<void> {
    const ready = () => condition() || deps.ended()
    if (ready()) return Promise.resolve()
    return new Promise((resolve) => {
      const one: Waiting = {
        ready,
        go() {
          waiting.delete(one)
          cancel()
          resolve()
        },
      }
      const cancel = clock.after(mostMs, one.go)
      waiting.add(one)
    })
  }

  /** Whether the playlist holds this part, or this whole segment when no part is named. */
  function has(msn: number, part: number | undefined): boolean {
    const done = packager.segments().at(-1)?.msn ?? -1
    if (msn <= done) return true
    const open = packager.open()
    return part !== undefined && open?.msn === msn && open.parts.length > part
  }

  /** A position further ahead than the next segment comes from another show, or from nowhere: not worth a wait. */
  const near = (msn: number) => msn <= (packager.segments().at(-1)?.msn ?? -1) + 2

  async function playlist(kind: 'live' | 'plain', msn?: number, part?: number): Promise<MediaFile | null> {
    await until(() => packager.segments().length > 0, FIRST_HOLD_MS)
    if (packager.segments().length === 0) return null
    const blocking = msn !== undefined && near(msn)
    if (blocking) await until(() => has(msn, part), HOLD_MS)
    // A layer may be gone by now.
    if (packager.segments().length === 0) return null
    const body = (rendered[kind] ??= kind === 'live' ? lowLatencyPlaylist(view()) : plainPlaylist(view()))
    // An answer to a blocking reload has an address of its own; a plain playlist may be a second old.
    const maxAge = kind === 'plain' || (blocking && has(msn, part)) ? 1 : 0
    return { contentType: 'application/vnd.apple.mpegurl', maxAge, body }
  }

  /** Not for caches: readers of the whole and of its end ask by one name. */
  function dvr(skip: boolean): MediaFile | null {
    const body = deps.tape?.dvr(deps.ended(), skip) ?? null
    return body === null ? null : { contentType: 'application/vnd.apple.mpegurl', maxAge: 0, body }
  }

  async function part(msn: number, index: number): Promise<Uint8Array | undefined> {
    const open = packager.open()
    const next = open?.msn ?? (packager.segments().at(-1)?.msn ?? -1) + 1
    if (msn === next && index === (open?.parts.length ?? 0)) await until(() => has(msn, index), HOLD_MS)
    const segment = [...packager.segments(), packager.open()].find((one) => one?.msn === msn)
    return segment?.parts[index]?.bytes
  }

  function media(body: Uint8Array | undefined, contentType: MediaFile['contentType']): MediaFile | null {
    return body ? { contentType, maxAge: MEDIA_MAX_AGE_S, body } : null
  }

  return {
    changed,
    besideChanged() {
      delete rendered.live
    },
    ready: () => packager.segments().length > 0,
    async get(file, query) {
      if (file === 'live.m3u8') return playlist('live', query.msn, query.part)
      if (file === 'plain.m3u8') return playlist('plain')
      if (file === 'dvr.m3u8') return dvr(query.skip === true)
      if (!file.startsWith(`${prefix}-`)) return null
      const rest = file.slice(prefix.length + 1)
      const [, msn, , index] = /^(\d{1,9})(\.(\d{1,4}))?\.m4s$/.exec(rest) ?? []
      if (msn !== undefined && index !== undefined)
        return media(await part(Number(msn), Number(index)), 'video/iso.segment')
      if (msn !== undefined) {
        const segment = packager.segments().find((one) => one.msn === Number(msn))
        return media(segment?.bytes, 'video/iso.segment')
      }
      const [, take] = /^init(\d{1,9})\.mp4$/.exec(rest) ?? []
      if (take === undefined) return null
      const heads = [...packager.segments(), packager.open()].map((one) => one?.head)
      return media(heads.find((head) => head?.number === Number(take))?.init, 'video/mp4')
    },
  }
}

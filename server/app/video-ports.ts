// What the application asks of video. `local` (our packager) implements these; a cloud provider can too.
import type { StreamId } from '../../shared/ids.ts'
import type { VideoState } from '../../shared/media.ts'
import type { Playback } from '../../shared/api/streams.ts'

export type VideoEvent = { stream: StreamId; state: VideoState }

export type VideoProvider = {
  /** Paths a watch page plays from, and the state now. */
  playback(stream: StreamId): Playback
  /** Stops the publisher and finishes the playlist. Ending what is not live does nothing. */
  end(stream: StreamId): void
  /** States as they change: connecting, live (the first segment is complete), reconnecting, ended. */
  onEvent(fn: (event: VideoEvent) => void): () => void
}

/** Playlists and segments as HTTP sees them. `wait` is set on blocking reloads (LL-HLS `_HLS_msn`, `_HLS_part`). */
export type MediaFiles = {
  get(stream: StreamId, file: string, query: MediaQuery): Promise<MediaFile | null>
}
/** `skip`: the reader has the beginning of the playlist already. */
export type MediaQuery = { msn?: number; part?: number; skip?: true }
export type MediaFile = {
  contentType: 'application/vnd.apple.mpegurl' | 'video/mp4' | 'video/iso.segment' | 'image/jpeg' | 'text/vtt'
  /** Seconds; 0 means `no-store`. */
  maxAge: number
  body: Uint8Array | string
}

/** What lies in a storage of its own: an address that answers for a few minutes, for whoever may watch now. */
export type MediaElsewhere = { location: string }

/** Where recordings lie, under keys like `folder/name.ext`: letters, digits, `-`, `_` and `.`, no name beginning with a
 * dot. Anything else throws. A key holds all of what was put under it, or is not there. */
export type Storage = {
  put(key: string, bytes: Uint8Array): Promise<void>
  /** Null: nothing there. `range` in bytes, `to` not included; beyond the end there is nothing. */
  get(key: string, range?: { from: number; to: number }): Promise<Uint8Array | null>
  /** Everything under a folder (`folder/`), in no order. */
  list(folder: string): Promise<{ key: string; bytes: number }[]>
  /** Everything under a folder. Of nothing it removes nothing. */
  remove(folder: string): Promise<void>
  /** Bytes that are left; null: nobody knows. */
  free(): Promise<number | null>
  /** An address that anybody can read this key at for five minutes; null: it is read through `get` alone. */
  presign(key: string): Promise<string | null>
}

/** One segment of a show, whole. `at`: Unix milliseconds of its first picture; `ms`: how long it plays. */
export type TapeSegment = {
  msn: number
  take: number
  init: Uint8Array
  at: number
  ms: number
  independent: boolean
  discontinuity: boolean
  /** Of the show, up to and including its own. */
  discontinuities: number
  bytes: Uint8Array
}
/** Keeps one show. Never throws and never waits: what cannot be kept in time is not kept. */
export type Tape = {
  segment(segment: TapeSegment): void
  /** The last half hour of the show as a playlist; null while there is nothing. `skip`: the reader has the beginning. */
  dvr(ended: boolean, skip: boolean): string | null
  end(): void
}

/** One-time permission to publish, held in memory: lost on restart, asked again by the studio. */
export type Grants = {
  issue(stream: StreamId): { grant: string; expiresAt: number }
  /** Redeems it, once. */
  redeem(grant: string): StreamId | null
}

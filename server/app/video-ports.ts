// What the application asks of video. `local` (our packager) implements these; a cloud provider can too.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { StreamState } from '../../shared/protocol/events.ts'
import type { EncodedPacket, TrackConfig, VideoState } from '../../shared/media.ts'
import type { DelaySpread, Playback } from '../../shared/api/streams.ts'

/** `hosted`: another service says so. Then no node of ours has the publisher, and nobody renews a lease for it. */
export type VideoEvent = { stream: StreamId; state: VideoState; hosted?: true }

export type VideoProvider = {
  /** Paths a watch page plays from, and the state now. `known`: what the database says of the stream, which can be
   * on the air at another node. */
  playback(stream: StreamId, known?: StreamState): Playback
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

/** How far behind viewers are who do not have the push socket to say it on. `hosted`: another service carries the
 * stream, so that no node need have anything of it. */
export type Delays = {
  /** `viewer`: whose newest report this is. */
  report(stream: StreamId, viewer: PrincipalId, ms: number, hosted: boolean): Promise<void>
  /** Of all viewers, those by push too. Hosted: of those who reported at this node. */
  spread(stream: StreamId, hosted: boolean): Promise<DelaySpread | null>
}

/** One-time permission to publish, held in memory: lost on restart, asked again by the studio. */
export type Grants = {
  issue(stream: StreamId): { grant: string; expiresAt: number }
  /** Redeems it, once. */
  redeem(grant: string): StreamId | null
}

// ---- encoders and other servers, over RTMP ------------------------------------------------------------------

/** One TCP or TLS connection, as whoever speaks over it sees it. Every call after `closed` is a no-op. */
export type ByteLine = {
  readonly address: string
  /** `bytes` belongs to the line from now on. */
  write(bytes: Uint8Array): void
  /** Bytes that were written and that the network has not taken yet. */
  buffered(): number
  /** Nothing more comes until `resume`, but for what was read already. */
  pause(): void
  resume(): void
  /** After what was written before. */
  close(): void
}
export type ByteSession = { bytes(bytes: Uint8Array): void; closed(): void }

/** Dials; one of the two is called, once. What it returns hangs up before that. */
export type Dial = (
  to: { host: string; port: number; secure: boolean },
  answer: { opened(line: ByteLine): ByteSession; failed(says: string): void },
) => () => void

/** What a stream key opens. A refusal names the stream when the key was made for one that there is. */
export type KeyCheck = { ok: true; stream: StreamId } | { ok: false; says: string }
export type IngestKeys = {
  /** The stream that a key says it is for, whether it opens it or not. */
  streamOf(key: string): StreamId | null
  check(key: string, address: string): Promise<KeyCheck>
}

/** Who publishes a stream at this node. `fps`, `kbps`: of the last two seconds. */
export type PublisherFacts = {
  kind: 'browser' | 'rtmp'
  since: number
  kbps: number
  fps: number
  /** From key frame to key frame, the last time; null before there were two. */
  keyFrameMs: number | null
  width: number | null
  height: number | null
}

/** Why encoders were turned away, the newest five of each stream, in this node's memory. */
export type Refusals = {
  note(stream: StreamId, says: string): void
  newest(stream: StreamId): { at: number; says: string }[]
}

// ---- sending a show on, over RTMP(S) ------------------------------------------------------------------------

/** The packets of a show for whoever sends them on (video/taps.ts has the whole contract). */
export type PacketTap = {
  config(config: TrackConfig): void
  packet(packet: EncodedPacket): void
  pause(): void
  end(): void
}

/** `live`: the other side takes it; with words, it takes less than there is. `waiting`: for another try, and why.
 * `failed`: no more tries. */
export type PushState = {
  state: 'connecting' | 'live' | 'waiting' | 'failed' | 'closed'
  says: string | null
}
export type Pusher = {
  /** Connects at once and goes on until `end` or `close`. `url` is rtmp(s)://host[:port]/app; neither it nor the key
   * is ever in what is said. */
  push(target: { url: string; key: string }, tell: (state: PushState) => void): PacketTap & { close(): void }
}

/** A show that begins at this node. `add` returns how to leave. */
export type Show = { stream: StreamId; taps: { add(tap: PacketTap): () => void } }

// ---- smaller pictures --------------------------------------------------------------------------------------

/** Makes pictures smaller, in a process of its own for each show. */
export type Transcoder = {
  /** Takes an FLV file of H.264 as it is written, and gives one with pictures of `size` whose times and key frames are
   * those of the source. `closed` is told once, in words, unless `close` was called before. */
  open(
    size: { width: number; height: number },
    tell: { bytes(bytes: Uint8Array): void; closed(says: string): void },
  ): TranscoderLine
}
/** Every call after the end is a no-op. */
export type TranscoderLine = {
  write(bytes: Uint8Array): void
  /** Bytes that were written and that it has not taken yet. */
  buffered(): number
  /** Ends it, without what it has not given yet. */
  close(): void
}

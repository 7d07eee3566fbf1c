// What the application asks of video. `local` (our packager) implements these; a cloud provider can too.
import type { StreamId } from '../../shared/ids.ts'
import type { EncodedPacket, TrackConfig, VideoState } from '../../shared/media.ts'
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
  get(stream: StreamId, file: string, query: { msn?: number; part?: number }): Promise<MediaFile | null>
}
export type MediaFile = {
  contentType: 'application/vnd.apple.mpegurl' | 'video/mp4' | 'video/iso.segment'
  /** Seconds; 0 means `no-store`. */
  maxAge: number
  body: Uint8Array | string
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

// What the application asks of video. `local` (our packager) implements these; a cloud provider can too.
import type { StreamId } from '../../shared/ids.ts'
import type { EncodedPacket, TrackConfig, VideoState } from '../../shared/media.ts'
import type { Playback } from '../../shared/api/streams.ts'

/** `hosted`: another service says so. Then no node of ours has the publisher, and nobody renews a lease for it. */
export type VideoEvent = { stream: StreamId; state: VideoState; hosted?: true }

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

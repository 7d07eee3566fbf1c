// What the application asks of video. `local` (our packager) implements these; a cloud provider can too.
import type { StreamId } from '../../shared/ids.ts'
import type { StreamState } from '../../shared/protocol/events.ts'
import type { VideoState } from '../../shared/media.ts'
import type { Playback } from '../../shared/api/streams.ts'

export type VideoEvent = { stream: StreamId; state: VideoState }

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

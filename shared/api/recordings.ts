// REST: what is left of a show that was recorded. Times are Unix milliseconds on the server's clock, lengths and
// offsets milliseconds of media. What somebody may not watch answers exactly like what does not exist.
import * as v from 'valibot'
import type { RecordingId } from '../ids.ts'

/** A place in a recording, from its beginning as it was recorded: trims do not move it. */
const place = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** PATCH /api/streams/:slug/recordings/:id (its host). `endMs` null: to its end. */
export const trimRequest = v.strictObject({
  trim: v.strictObject({ startMs: place, endMs: v.nullable(place) }),
})
export type TrimRequest = v.InferOutput<typeof trimRequest>

/** `recording`: it grows while one watches. `ready`: whole and playable. `failed`: nothing of it plays. */
export type RecordingState = 'recording' | 'ready' | 'failed'

/** One show as it plays now, after trims. */
export type Recording = {
  id: RecordingId
  state: RecordingState
  provider: 'local' | 'mux'
  /** The first picture as it plays. */
  startedAt: number
  /** Of what plays; gaps in which no picture came do not count. */
  durationMs: number
  trim: { startMs: number; endMs: number | null }
  /** Before trims. */
  wholeMs: number
  /** What it takes on the disk; null where somebody else keeps it. */
  bytes: number | null
  /** A playlist with programme date-times: the chat is found by them. */
  hls: string
  /** When `hls` stops working and has to be asked for again; null: never. */
  expiresAt: number | null
  poster: string | null
  /** WebVTT, one picture per cue (`#xywh` where several share a file). */
  thumbnails: string | null
  /** Why it is not all there, in words for the host; null: it is. */
  fault: string | null
  /** How many MP4 files it takes to hold it: one, and one more wherever the encoder's settings changed on the way. */
  downloads: number
}

/** GET /api/streams/:slug/recordings: oldest first. A stream that was live once has one. */
export type Recordings = { recordings: Recording[] }

// DELETE /api/streams/:slug/recordings/:id (its host) deletes it for good: 204.
// GET /api/streams/:slug/recordings/:id/download.mp4 (its host): all of what plays, as one MP4 file. With several
// `downloads` each is asked for apart, by `?part=1`, `?part=2`...
// PUT /api/streams/:slug/thumbnail (its host, while live): one JPEG of what is on air now, at most
// `THUMBNAIL.bytes`; the server keeps one per `THUMBNAIL.everyMs`.
export const THUMBNAIL = { bytes: 30_000, width: 160, everyMs: 5_000 } as const

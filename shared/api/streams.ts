// REST: streams, passes, publishing. Times are Unix milliseconds.
import * as v from 'valibot'
import type { PrincipalId, StreamId } from '../ids.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { StreamState } from '../protocol/events.ts'
import type { VideoState } from '../media.ts'

const title = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(LIMITS.titleChars))
const description = v.pipe(v.string(), v.maxLength(LIMITS.descriptionChars))
const slug = v.pipe(
  v.string(),
  v.maxLength(LIMITS.slugChars),
  v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single dashes'),
)
const startsAt = v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))

/** POST /api/streams (accounts that may host). Without a slug one is made from the title. */
export const createStreamRequest = v.strictObject({
  title,
  description: v.optional(description),
  slug: v.optional(slug),
  startsAt: v.optional(startsAt),
})
/** PATCH /api/streams/:slug (its host) */
export const editStreamRequest = v.strictObject({
  title: v.optional(title),
  description: v.optional(description),
  startsAt: v.optional(startsAt),
})
export type CreateStreamRequest = v.InferOutput<typeof createStreamRequest>
export type EditStreamRequest = v.InferOutput<typeof editStreamRequest>

export type StreamCard = {
  id: StreamId
  slug: string
  title: string
  description: string
  host: { id: PrincipalId; name: string }
  state: StreamState
  startsAt: number | null
  startedAt: number | null
  endedAt: number | null
  viewers: number
}

/** GET /api/streams: the home page. `recent` ended lately. */
export type HomeStreams = { live: StreamCard[]; upcoming: StreamCard[]; recent: StreamCard[] }
/** GET /api/studio/streams (accounts that may host): own streams, newest first. */
export type OwnStreams = { streams: StreamCard[] }

/** How to play: `push` first (fMP4 over a socket, same pass as the chat), else `hls` (LL-HLS), else
 * `hlsPlain` (no parts; for native players). Paths on this origin. */
export type Playback = {
  provider: 'local' | 'mux'
  state: VideoState
  push: string | null
  hls: string
  hlsPlain: string
  /** Up to half an hour back to the live edge; null: there is no way back. */
  dvr: string | null
  expiresAt: number | null
}
/** GET /api/streams/:slug */
export type StreamPage = {
  stream: StreamCard
  playback: Playback
  you: { role: 'host' | 'moderator' | 'viewer' } | null
}

/** POST /api/streams/:slug/pass: opens `/chat` and `/push` for this person and stream. Mints a nameless guest
 * when there is no session. `person` is whose it is, so that a page knows before it speaks under another name. */
export type Pass = {
  pass: string
  expiresAt: number
  person: { id: PrincipalId; name: string; guest: boolean }
}
/** POST /api/streams/:slug/ingest-grant (its host): one use, one minute. */
export type IngestGrant = { grant: string; expiresAt: number; url: string }

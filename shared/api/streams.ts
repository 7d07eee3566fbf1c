// REST: streams, passes, publishing. Times are Unix milliseconds.
import * as v from 'valibot'
import type { PrincipalId, StreamId } from '../ids.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { StreamState } from '../protocol/events.ts'
import { DELAY, type VideoState } from '../media.ts'
import { gateRequest, type Gate } from './gates.ts'

const title = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(LIMITS.titleChars))
const description = v.pipe(v.string(), v.maxLength(LIMITS.descriptionChars))
const slug = v.pipe(
  v.string(),
  v.maxLength(LIMITS.slugChars),
  v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single dashes'),
)
const startsAt = v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))

/** POST /api/streams (accounts that may host). Without a slug one is made from the title, without a gate it is
 * public. */
export const createStreamRequest = v.strictObject({
  title,
  description: v.optional(description),
  slug: v.optional(slug),
  startsAt: v.optional(startsAt),
  gate: v.optional(gateRequest),
})
/** PATCH /api/streams/:slug (its host) */
export const editStreamRequest = v.strictObject({
  title: v.optional(title),
  description: v.optional(description),
  startsAt: v.optional(startsAt),
  gate: v.optional(gateRequest),
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
  gate: Gate
}

/** GET /api/streams: the home page. `recent` ended lately. Unlisted and invited ones are not there; of those behind
 * another gate nobody reads here what it is about or how many watch. */
export type HomeStreams = { live: StreamCard[]; upcoming: StreamCard[]; recent: StreamCard[] }
/** GET /api/studio/streams (accounts that may host): own streams, newest first. */
export type OwnStreams = { streams: StreamCard[] }

/** How to play: `push` first (fMP4 over a socket, same pass as the chat), else `hls` (LL-HLS), else
 * `hlsPlain` (no parts; for native players); while a show has two layers, the masters of both. `dvr`: back from the live
 * edge; null: there is none. Local: paths on this origin. Mux: no push, and addresses there that stop working at
 * `expiresAt` (ask for this page again before); empty while there is nothing to play. */
export type Playback = {
  provider: 'local' | 'mux'
  state: VideoState
  push: string | null
  hls: string
  hlsPlain: string
  dvr: string | null
  expiresAt: number | null
}
/** What viewers measured lately of how far their picture is behind, milliseconds: half of them and nineteen twentieths
 * are below `p50` and `p95`. `samples`: how many viewers it rests on. */
export type DelaySpread = { min: number; p50: number; p95: number; max: number; samples: number }

/** POST /api/streams/:slug/delay (whoever has a session and may watch): how far behind a picture is that does not come
 * by push, every 15 s while it moves; a person once in 5 s. Answers 204, also when the show is over by then. */
export const delayRequest = v.strictObject({
  ms: v.pipe(v.number(), v.minValue(0), v.maxValue(DELAY.mostMs)),
})
export type DelayRequest = v.InferOutput<typeof delayRequest>

/** GET /api/streams/:slug/delivery (its host): who carries the video and how far behind the host its viewers are.
 * `measured`: as they say themselves; null: nobody did lately. Of a stream that Mux carries it is what reached the
 * process that answers. `sending`: what becomes of what this browser publishes, where it is sent on; null: it is not, or not from the process
 * that answers. */
export type Delivery = {
  provider: Playback['provider']
  behind: { fromSeconds: number; toSeconds: number }
  measured: DelaySpread | null
  sending: { state: 'connecting' | 'live' | 'waiting' | 'failed' | 'closed'; says: string | null } | null
}
/** GET /api/streams/:slug. Whom the gate keeps out gets its code with 403 and, as `closed`, a ClosedStream. */
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

// One webhook of Mux, read: what is kept of it and what it says about a show. Keys travel in these payloads, and new
// ones may come: what is kept is named here one by one, everything else is dropped on arrival.
import * as v from 'valibot'
import { muxAssetOf } from './mux-asset.ts'
import type { MuxFact, Webhook } from './mux-ports.ts'

const text = v.pipe(v.string(), v.maxLength(200))
const playbackIds = v.array(v.object({ id: text, policy: text }))

const moment = v.object({ seconds: v.number(), nanos: v.optional(v.number()) })

const data = v.object({
  id: v.optional(text),
  status: v.optional(text),
  live_stream_id: v.optional(text),
  active_asset_id: v.optional(text),
  recent_asset_ids: v.optional(v.array(text)),
  is_live: v.optional(v.boolean()),
  duration: v.optional(v.number()),
  playback_ids: v.optional(playbackIds),
  recording_times: v.optional(v.array(v.object({ started_at: v.optional(v.union([text, moment])) }))),
  latency_mode: v.optional(text),
  reconnect_window: v.optional(v.number()),
  active_ingest_protocol: v.optional(text),
})
const envelope = v.object({
  id: text,
  type: text,
  created_at: v.pipe(v.string(), v.isoTimestamp()),
  object: v.optional(v.object({ type: text, id: text })),
  data: v.optional(v.unknown()),
})

const LIVE = {
  'video.live_stream.connected': 'connected',
  'video.live_stream.active': 'active',
  'video.live_stream.disconnected': 'disconnected',
  'video.live_stream.idle': 'idle',
} as const

/** Undefined: no webhook of Mux. `fact` is null for what tells us nothing. */
export function readMuxEvent(body: string): { webhook: Webhook; fact: MuxFact | null } | undefined {
  const parsed = v.safeParse(envelope, parseJson(body))
  if (!parsed.success) return undefined
  const { id, type, created_at, object } = parsed.output
  // Of other events `data` has other shapes: then nothing of it is kept.
  const about = v.safeParse(data, parsed.output.data)
  const kept = about.success && /^video\.(live_stream|asset)\./.test(type) ? about.output : {}
  const at = Date.parse(created_at)
  const webhook: Webhook = {
    ...{ provider: 'mux', id, type, at },
    object: object?.id ?? null,
    payload: { ...kept },
  }
  return { webhook, fact: object ? factOf(type, object.id, kept, at) : null }
}

type Data = v.InferOutput<typeof data>

function factOf(type: string, object: string, kept: Data, at: number): MuxFact | null {
  if (isLive(type)) return { about: 'live', live: object, said: LIVE[type], at }
  if (!type.startsWith('video.asset.') || kept.id !== object || kept.live_stream_id === undefined) return null
  const asset = muxAssetOf({ ...kept, id: object, live_stream_id: kept.live_stream_id })
  const complete = asset.complete || type === 'video.asset.live_stream_completed'
  return { about: 'asset', asset: { ...asset, complete }, deleted: type === 'video.asset.deleted', at }
}

const isLive = (type: string): type is keyof typeof LIVE => type in LIVE

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

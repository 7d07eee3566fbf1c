// The media sockets: what a studio sends to `/ingest` and what `/push` sends to a player.
// Control frames are JSON text, media is binary. Multi-byte numbers in packet headers are little endian.

/** Avc is AVCC-framed H.264 with its avcC; AAC is raw AAC-LC with its AudioSpecificConfig. */
export type VideoConfig = {
  kind: 'video'
  codec: string
  width: number
  height: number
  description: Uint8Array
}
export type AudioConfig = {
  kind: 'audio'
  codec: string
  sampleRate: number
  channels: number
  description: Uint8Array
}
export type TrackConfig = VideoConfig | AudioConfig

/** The one currency of media inside the server. Times in milliseconds; `ts` on the publisher's Unix clock
 * on the wire, on the server's once ingest has mapped it. */
export type EncodedPacket = {
  track: 'video' | 'audio'
  ts: number
  dur: number
  /** How much later than `ts` it is shown, in whole milliseconds: an encoder that looks ahead sends pictures in the
   * order they are decoded in. Left out: at once. */
  offset?: number
  key: boolean
  bytes: Uint8Array
}

/** The pictures of a show in one size: `main` is what the host chose, what is recorded and what is sent on; `low` stands
 * beside it for slow lines and may come and go at any time. The sound belongs to both. */
export type Layer = 'main' | 'low'

export type MediaFrame = (
  { type: 'config'; config: TrackConfig } | { type: 'packet'; packet: EncodedPacket }
) & { layer: Layer }

/** Studio -> `/ingest`, text. `publish` first, within 5 s; everything else, media too, only after `go`. `clock`
 * measures the offset; send a few, then one every 10 s. */
export type IngestSays = { t: 'publish'; grant: string } | { t: 'clock'; sent: number } | { t: 'bye' }

/** `/ingest` -> studio, text. */
export type IngestHears =
  | { t: 'go'; streamId: string; resumed: boolean }
  | { t: 'clock'; sent: number; server: number }
  | { t: 'state'; state: VideoState }
  /** The low layer is over for this connection, and why, in words for the host. The show goes on. */
  | { t: 'low'; says: string }
  | {
      t: 'stats'
      kbps: number
      fps: number
      viewers: number
      /** What viewers measured lately; null: nobody has. */
      latencyMs: { min: number; p50: number; p95: number; max: number; samples: number } | null
    }
  | {
      t: 'refused'
      reason: 'grant' | 'codec' | 'already_live' | 'malformed' | 'timestamps' | 'ended'
      says: string
    }

/** Player -> `/push`, text. `watch` first, within 5 s, with the layer to begin with (left out: `main`); `layer` changes
 * it; `latency` every 5 s while playing. A layer that is not there gets `main`, and is given when it comes. */
export type PushSays =
  { t: 'watch'; pass: string; layer?: Layer } | { t: 'layer'; layer: Layer } | { t: 'latency'; ms: number }

/** `/push` -> player, text. After each `init` the next binary frame is the init segment; every later binary
 * frame is an fMP4 chunk, the first of them starting with a key frame. Chunk media time 0 is `epochMs` on
 * the server's Unix clock, the same for both layers; `now` is that clock at sending. A new `init` is a discontinuity:
 * behind a change of layer it begins with the newest key frame, which the player may have shown already.
 * `layers`: which there are and which of them is sent; after `watch`, and whenever one of the two changes, before the
 * `init` of another layer. */
export type PushHears =
  | { t: 'init'; codecs: string; epochMs: number; now: number }
  | { t: 'layers'; layers: Layer[]; playing: Layer }
  | { t: 'state'; state: VideoState }

export type VideoState = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'ended'

const HEADER_BYTES = 20
const KINDS = { videoConfig: 1, video: 2, audioConfig: 3, audio: 4 } as const
const KEY_FLAG = 1
const LOW_FLAG = 2

/** u8 kind, u8 flags, u16 offset ms, f64 ts ms, f64 dur ms, payload. */
function frame(
  kind: number,
  flags: number,
  ts: number,
  dur: number,
  payload: Uint8Array,
  offset = 0,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payload.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, kind)
  view.setUint8(1, flags)
  view.setUint16(2, offset, true)
  view.setFloat64(4, ts, true)
  view.setFloat64(12, dur, true)
  bytes.set(payload, HEADER_BYTES)
  return bytes
}

const flagsOf = (key: boolean, layer: Layer): number =>
  (key ? KEY_FLAG : 0) | (layer === 'low' ? LOW_FLAG : 0)

/** Sound is sent once, as `main`. */
export function encodePacket(packet: EncodedPacket, layer: Layer = 'main'): Uint8Array<ArrayBuffer> {
  const flags = flagsOf(packet.key, layer)
  return frame(KINDS[packet.track], flags, packet.ts, packet.dur, packet.bytes, packet.offset)
}

/** Config payload: u32 length of a JSON object, the JSON, the codec description. */
export function encodeConfig(config: TrackConfig, layer: Layer = 'main'): Uint8Array<ArrayBuffer> {
  const { description, ...rest } = config
  const json = new TextEncoder().encode(JSON.stringify(rest))
  const payload = new Uint8Array(4 + json.byteLength + description.byteLength)
  new DataView(payload.buffer).setUint32(0, json.byteLength, true)
  payload.set(json, 4)
  payload.set(description, 4 + json.byteLength)
  const kind = config.kind === 'video' ? KINDS.videoConfig : KINDS.audioConfig
  return frame(kind, flagsOf(true, layer), 0, 0, payload)
}

/** Undefined for anything malformed: an ingest frame comes from the network. `bytes` are views, not copies. */
export function decodeFrame(bytes: Uint8Array): MediaFrame | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kind = view.getUint8(0)
  const flags = view.getUint8(1)
  const layer = flags & LOW_FLAG ? 'low' : 'main'
  const payload = bytes.subarray(HEADER_BYTES)
  if (layer === 'low' && (kind === KINDS.audioConfig || kind === KINDS.audio)) return undefined
  if (kind === KINDS.videoConfig || kind === KINDS.audioConfig) {
    const config = decodeConfig(payload, kind === KINDS.videoConfig)
    return config && { type: 'config', layer, config }
  }
  if (kind !== KINDS.video && kind !== KINDS.audio) return undefined
  const ts = view.getFloat64(4, true)
  const dur = view.getFloat64(12, true)
  if (!Number.isFinite(ts) || !Number.isFinite(dur) || dur < 0 || payload.byteLength === 0) return undefined
  const key = (flags & KEY_FLAG) !== 0
  const track = kind === KINDS.video ? 'video' : 'audio'
  const packet: EncodedPacket = { track, ts, dur, key, bytes: payload }
  const offset = view.getUint16(2, true)
  return { type: 'packet', layer, packet: offset === 0 ? packet : { ...packet, offset } }
}

function decodeConfig(payload: Uint8Array, video: boolean): TrackConfig | undefined {
  if (payload.byteLength < 4) return undefined
  const length = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
  if (length > 1024 || 4 + length > payload.byteLength) return undefined
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(payload.subarray(4, 4 + length)))
  } catch {
    return undefined
  }
  if (typeof json !== 'object' || json === null) return undefined
  const given = json as Record<string, unknown>
  const description = payload.subarray(4 + length)
  const { codec } = given
  if (typeof codec !== 'string' || codec.length > 64 || description.byteLength === 0) return undefined
  if (video) {
    const { width, height } = given
    if (!isSize(width) || !isSize(height)) return undefined
    return { kind: 'video', codec, width, height, description }
  }
  const { sampleRate, channels } = given
  if (typeof sampleRate !== 'number' || sampleRate < 8_000 || sampleRate > 96_000) return undefined
  if (channels !== 1 && channels !== 2) return undefined
  return { kind: 'audio', codec, sampleRate, channels, description }
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 16 && value <= 8192
}

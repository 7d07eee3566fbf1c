// FLV tags, as RTMP carries them, to configs and packets and back. What we do not take is refused in words that a
// host can act on.
import type { EncodedPacket, MediaFrame, TrackConfig } from '../../../shared/media.ts'
import { formOf } from './sps.ts'
import { soundOf } from './sound.ts'

/** Null: nothing for us in it. */
export type Tag = MediaFrame | { type: 'refused'; says: string } | null
export type TagReader = {
  /** `ts` in milliseconds, unwrapped. */
  video(payload: Uint8Array, ts: number): Tag
  audio(payload: Uint8Array, ts: number): Tag
}

const H264 = 7
const AAC = 10
const SEQUENCE_HEADER = 0
const CODED = 1
const COMMAND_FRAME = 5
const FIRST_FRAME_MS = 1000 / 30
const AAC_FRAME = 1_024
/** Longer than any encoder reorders. */
const MOST_OFFSET_MS = 2_000

const ADVICE = 'Choose H.264 (x264, NVENC H.264, QuickSync H.264 ...) in the settings of the encoder.'
const VIDEO_NAMES: Record<number, string> = {
  2: 'Sorenson H.263',
  3: 'Screen Video',
  4: 'VP6',
  5: 'VP6',
  12: 'HEVC (H.265)',
}
const AUDIO_NAMES: Record<number, string> = { 2: 'MP3', 14: 'MP3', 11: 'Speex', 13: 'Opus' }
const FOURCC_NAMES: Record<string, string> = { hvc1: 'HEVC (H.265)', av01: 'AV1', vp09: 'VP9', vp08: 'VP8' }

const refused = (says: string): Tag => ({ type: 'refused', says })

export function createTagReader(): TagReader {
  let lastTs: number | undefined
  let frameMs = FIRST_FRAME_MS
  /** Packets before what they are decoded with are of no use, and no fault. */
  let described = { video: false, audio: false }
  let sampleRate = 48_000

  function videoConfig(description: Uint8Array): Tag {
    const form = formOf(description)
    if (!form) return refused('The H.264 description (SPS) cannot be read.')
    if (form.chroma !== 1 || form.bitDepth !== 8)
      return refused('Browsers play 8-bit 4:2:0 video only. Choose NV12 or I420 as the colour format.')
    const profile = Array.from(description.subarray(1, 4), (byte) => byte.toString(16).padStart(2, '0'))
    const { width, height } = form
    described = { ...described, video: true }
    const config: TrackConfig = {
      kind: 'video',
      codec: `avc1.${profile.join('')}`,
      width,
      height,
      description,
    }
    return { type: 'config', layer: 'main', config }
  }

  function audioConfig(description: Uint8Array): Tag {
    const form = soundOf(description)
    if (form?.objectType !== 2) return refused('Audio must be AAC-LC, not HE-AAC or another kind of AAC.')
    if (form.channels !== 1 && form.channels !== 2) return refused('Audio must be mono or stereo.')
    sampleRate = form.sampleRate
    described = { ...described, audio: true }
    const codec = 'mp4a.40.2'
    return {
      type: 'config',
      layer: 'main',
      config: { kind: 'audio', codec, sampleRate, channels: form.channels, description },
    }
  }

  return {
    video(payload, ts) {
      const [first = 0, kind, a = 0, b = 0, c = 0] = payload
      if (payload.byteLength === 0) return null
      if (first & 0x80) {
        const fourcc = String.fromCharCode(...payload.subarray(1, 5))
        return refused(`${FOURCC_NAMES[fourcc] ?? 'This kind of video'} is not supported. ${ADVICE}`)
      }
      if (first >> 4 === COMMAND_FRAME) return null
      if ((first & 15) !== H264)
        return refused(`${VIDEO_NAMES[first & 15] ?? 'This kind of video'} is not supported. ${ADVICE}`)
      if (payload.byteLength <= 5) return null
      const bytes = payload.subarray(5)
      if (kind === SEQUENCE_HEADER) return videoConfig(bytes)
      if (kind !== CODED || !described.video || !mayHoldPicture(bytes)) return null
      if (lastTs !== undefined && ts > lastTs) frameMs = Math.min(ts - lastTs, 1_000)
      lastTs = ts
      const signed = ((a << 24) | (b << 16) | (c << 8)) >> 8
      const offset = Math.min(Math.max(signed, 0), MOST_OFFSET_MS)
      const packet: EncodedPacket = { track: 'video', ts, dur: frameMs, key: first >> 4 === 1, bytes }
      return { type: 'packet', layer: 'main', packet: offset === 0 ? packet : { ...packet, offset } }
    },

    audio(payload, ts) {
      const [first = 0, kind] = payload
      if (payload.byteLength === 0) return null
      const format = first >> 4
      if (format !== AAC)
        return refused(`${AUDIO_NAMES[format] ?? 'This kind of sound'} is not supported. Choose AAC.`)
      if (payload.byteLength <= 2) return null
      const bytes = payload.subarray(2)
      if (kind === SEQUENCE_HEADER) return audioConfig(bytes)
      if (kind !== CODED || !described.audio) return null
      const dur = (AAC_FRAME * 1000) / sampleRate
      return { type: 'packet', layer: 'main', packet: { track: 'audio', ts, dur, key: true, bytes } }
    },
  }
}

/** Some encoders send parameter sets and other units in a tag of their own: those hold no picture. What is broken
 * may: it is refused where packets are judged. */
function mayHoldPicture(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at + 5 <= bytes.byteLength) {
    const type = view.getUint8(at + 4) & 0x1f
    if (type < 6 || type > 12) return true
    at += 4 + view.getUint32(at)
  }
  return at !== bytes.byteLength
}

const SOUND_HEADER = 0xaf // AAC; the rest is fixed for AAC and says nothing

export function configTag({ kind, description }: TrackConfig): Uint8Array<ArrayBuffer> {
  return kind === 'video'
    ? tag([0x17, SEQUENCE_HEADER, 0, 0, 0], description)
    : tag([SOUND_HEADER, SEQUENCE_HEADER], description)
}

export function packetTag({ track, key, offset = 0, bytes }: EncodedPacket): Uint8Array<ArrayBuffer> {
  if (track === 'audio') return tag([SOUND_HEADER, CODED], bytes)
  const later = Math.round(offset)
  return tag([key ? 0x17 : 0x27, CODED, later >> 16, (later >> 8) & 0xff, later & 0xff], bytes)
}

function tag(header: readonly number[], body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(header.length + body.byteLength)
  bytes.set(header)
  bytes.set(body, header.length)
  return bytes
}

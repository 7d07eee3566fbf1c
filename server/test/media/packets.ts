// Made-up packets that look like H.264 and AAC from the outside: for tests of time, order and bounds, which must
// not depend on ffmpeg.
import type { AudioConfig, EncodedPacket, Layer, VideoConfig } from '../../../shared/media.ts'

export const AVC: VideoConfig = {
  kind: 'video',
  codec: 'avc1.42c01f',
  width: 1280,
  height: 720,
  description: new Uint8Array([
    1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 4, 0x67, 0x42, 0xc0, 0x1f, 1, 0, 3, 0x68, 0xce, 0x3c,
  ]),
}
export const AVC_OTHER: VideoConfig = { ...AVC, width: 640, height: 360 }
export const AAC: AudioConfig = {
  kind: 'audio',
  codec: 'mp4a.40.2',
  sampleRate: 48_000,
  channels: 2,
  description: new Uint8Array([0x11, 0x90]),
}

/** One NAL unit of the given type behind its four-byte length. */
export function nal(type: number, size = 20): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + size)
  new DataView(bytes.buffer).setUint32(0, size)
  bytes[4] = type
  return bytes
}

export const picture = (ts: number, key: boolean, dur = 1000 / 30, size = 20): EncodedPacket => ({
  track: 'video',
  ts,
  dur,
  key,
  bytes: nal(key ? 5 : 1, size),
})
export const sound = (ts: number, dur = 1_024_000 / 48_000): EncodedPacket => ({
  track: 'audio',
  ts,
  dur,
  key: true,
  bytes: new Uint8Array([0x21, 1, 2, 3]),
})

export type Shape = { fps?: number; group?: number; video?: boolean; audio?: boolean; size?: number }

/** Both tracks of a stretch of time, in order: `group` pictures from key frame to key frame. */
export function stretch(from: number, ms: number, shape: Shape = {}): EncodedPacket[] {
  const { fps = 30, group = 30, video = true, audio = true, size = 20 } = shape
  const packets: EncodedPacket[] = []
  const pictures = video ? Math.round((ms * fps) / 1000) : 0
  for (let i = 0; i < pictures; i++)
    packets.push(picture(from + (i * 1000) / fps, i % group === 0, 1000 / fps, size))
  const frames = audio ? Math.floor((ms * 48) / 1024) : 0
  for (let i = 0; i < frames; i++) packets.push(sound(from + (i * 1024) / 48))
  return packets.sort((a, b) => a.ts - b.ts)
}

export type LayerPacket = EncodedPacket & { layer?: Layer }

/** The same pictures in the low layer too, each right behind its own. */
export const withLow = (packets: readonly EncodedPacket[]): LayerPacket[] =>
  packets.flatMap((packet): LayerPacket[] =>
    packet.track === 'audio'
      ? [packet]
      : [packet, { ...packet, layer: 'low', bytes: nal(packet.key ? 5 : 1, 10) }],
  )

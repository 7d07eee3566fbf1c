// What the encoders of the studio have in common: the library that drives them on one side, our packets on the other.
import { MkvOutputFormat, NullTarget, Output, type EncodedPacket as BunnyPacket } from 'mediabunny'
import type { EncodedPacket, Layer, TrackConfig } from '../../../shared/media.ts'

export type EncoderEvents = {
  config(config: TrackConfig, layer: Layer): void
  packet(packet: EncodedPacket, layer: Layer): void
  /** Of the main picture or the sound. */
  failed(error: unknown): void
}

export const KEY_FRAME_SECONDS = 1

/** The output only drives capture and encoding; nothing is written. Appended Matroska, because its muxer keeps
 * nothing of what has passed, where the one for MP4 keeps a note on every frame of the show. */
export const newOutput = (): Output =>
  new Output({ format: new MkvOutputFormat({ appendOnly: true }), target: new NullTarget() })

export function packetOf(track: EncodedPacket['track'], packet: BunnyPacket): EncodedPacket {
  return {
    track,
    ts: packet.timestamp * 1000,
    dur: packet.duration * 1000,
    key: packet.type === 'key',
    bytes: packet.data,
  }
}

/** Null: nothing new. */
export function videoConfigOf(meta: EncodedVideoChunkMetadata | undefined): TrackConfig | null {
  const config = meta?.decoderConfig
  if (!config?.description) return null
  return {
    kind: 'video',
    codec: config.codec,
    width: config.codedWidth ?? 0,
    height: config.codedHeight ?? 0,
    description: bytesOf(config.description),
  }
}

export function bytesOf(description: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength).slice()
    : new Uint8Array(description).slice()
}

// Tracks in, encoded packets out: one mediabunny output per track, so that the picture can be restarted (another
// source, size or bitrate) while the sound goes on. Timestamps are Unix milliseconds.
import {
  canEncodeAudio,
  canEncodeVideo,
  MediaStreamAudioTrackSource,
  MediaStreamVideoTrackSource,
  MkvOutputFormat,
  NullTarget,
  Output,
  Quality,
  type EncodedPacket as BunnyPacket,
} from 'mediabunny'
import type { EncodedPacket, TrackConfig } from '../../../shared/media.ts'

export type EncoderEvents = {
  config(config: TrackConfig): void
  packet(packet: EncodedPacket): void
  failed(error: unknown): void
}
/** Silent from the moment it is called; the encoder is torn down behind it. */
export type StopEncoder = () => void
export type Size = { width: number; height: number }
export type VideoShape = {
  fps: number
  kbps: number
  /** Scale into this size, with black bars where the proportions differ; null: encode frames as they come. */
  box: Size | null
}

const AUDIO_KBPS = 96
const KEY_FRAME_SECONDS = 1

export async function encodeVideo(
  track: MediaStreamVideoTrack,
  shape: VideoShape,
  on: EncoderEvents,
): Promise<StopEncoder> {
  const { width = 1280, height = 720 } = shape.box ?? track.getSettings()
  const quality = new Quality({ bitrate: shape.kbps * 1000 })
  if (!(await canEncodeVideo('avc', { width, height, quality })))
    throw new DOMException('no H.264 encoder', 'NotSupportedError')
  let open = true
  const source = new MediaStreamVideoTrackSource(
    track,
    {
      codec: 'avc',
      quality,
      keyFrameInterval: KEY_FRAME_SECONDS,
      latencyMode: 'realtime',
      // A phone that is turned changes the size of its frames.
      sizeChangeBehavior: 'contain',
      ...(shape.box ? { transform: { ...shape.box, fit: 'contain' } } : {}),
      onEncodedPacket(packet, meta) {
        if (!open) return
        const config = meta?.decoderConfig
        if (config?.description)
          on.config({
            kind: 'video',
            codec: config.codec,
            width: config.codedWidth ?? 0,
            height: config.codedHeight ?? 0,
            description: bytesOf(config.description),
          })
        on.packet(packetOf('video', packet))
      },
    },
    { frameRate: shape.fps, timestampBase: 'unix' },
  )
  const output = newOutput()
  output.addVideoTrack(source, { frameRate: shape.fps, isRelativeToUnixEpoch: true })
  return run(output, source.errorPromise, on, () => (open = false))
}

export async function encodeAudio(track: MediaStreamAudioTrack, on: EncoderEvents): Promise<StopEncoder> {
  await needAac(track)
  let open = true
  const source = new MediaStreamAudioTrackSource(
    track,
    {
      codec: 'aac',
      quality: new Quality({ bitrate: AUDIO_KBPS * 1000 }),
      onEncodedPacket(packet, meta) {
        if (!open) return
        const config = meta?.decoderConfig
        if (config?.description)
          on.config({
            kind: 'audio',
            codec: config.codec,
            sampleRate: config.sampleRate,
            channels: config.numberOfChannels,
            description: bytesOf(config.description),
          })
        on.packet(packetOf('audio', packet))
      },
    },
    { timestampBase: 'unix' },
  )
  const output = newOutput()
  output.addAudioTrack(source, { isRelativeToUnixEpoch: true })
  return run(output, source.errorPromise, on, () => (open = false))
}

/** The quarter megabyte of the wasm encoder is fetched only by browsers without one of their own. */
async function needAac(track: MediaStreamTrack): Promise<void> {
  const { sampleRate = 48_000, channelCount = 2 } = track.getSettings()
  const native = await canEncodeAudio('aac', {
    numberOfChannels: channelCount,
    sampleRate,
    quality: new Quality({ bitrate: AUDIO_KBPS * 1000 }),
  })
  if (!native) (await import('@mediabunny/aac-encoder')).registerAacEncoder()
}

/** The output only drives capture and encoding; nothing is written. Appended Matroska, because its muxer keeps
 * nothing of what has passed, where the one for MP4 keeps a note on every frame of the show. */
const newOutput = (): Output =>
  new Output({ format: new MkvOutputFormat({ appendOnly: true }), target: new NullTarget() })

async function run(
  output: Output,
  failing: Promise<void>,
  on: EncoderEvents,
  shut: () => void,
): Promise<StopEncoder> {
  let stopped = false
  failing.catch((error: unknown) => {
    if (!stopped) on.failed(error)
  })
  await output.start()
  return () => {
    stopped = true
    shut()
    output.cancel().catch(() => undefined)
  }
}

function packetOf(track: EncodedPacket['track'], packet: BunnyPacket): EncodedPacket {
  return {
    track,
    ts: packet.timestamp * 1000,
    dur: packet.duration * 1000,
    key: packet.type === 'key',
    bytes: packet.data,
  }
}

function bytesOf(description: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength).slice()
    : new Uint8Array(description).slice()
}

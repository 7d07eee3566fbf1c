// Tracks in, encoded packets out: one mediabunny output per track, so that the picture can be restarted (another
// source, size or bitrate) while the sound goes on. Timestamps are Unix milliseconds.
import {
  canEncodeAudio,
  canEncodeVideo,
  MediaStreamAudioTrackSource,
  MediaStreamVideoTrackSource,
  Quality,
  type Output,
} from 'mediabunny'
import {
  bytesOf,
  KEY_FRAME_SECONDS,
  newOutput,
  packetOf,
  videoConfigOf,
  type EncoderEvents,
} from './encoded.ts'
import { encodeBeside, type LowWish } from './low-encoder.ts'

export { canEncodeLow } from './low-encoder.ts'
export type { EncoderEvents } from './encoded.ts'

/** `low`: the small picture beside this one. `inside`: frames that lie in this encoder, told with every frame. */
export type Beside = { low: LowWish; inside(frames: number): void }
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

export async function encodeVideo(
  track: MediaStreamVideoTrack,
  shape: VideoShape,
  on: EncoderEvents,
  beside: Beside,
): Promise<StopEncoder> {
  const { width = 1280, height = 720 } = shape.box ?? track.getSettings()
  const quality = new Quality({ bitrate: shape.kbps * 1000 })
  if (!(await canEncodeVideo('avc', { width, height, quality })))
    throw new DOMException('no H.264 encoder', 'NotSupportedError')
  let open = true
  let inside: number[] = []
  const second = encodeBeside(shape.fps, beside.low, on)
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
      onEncodedSample(sample) {
        if (!open) return
        inside.push(sample.timestamp)
        beside.inside(inside.length)
        second.frame(sample)
      },
      onEncodedPacket(packet, meta) {
        if (!open) return
        inside = inside.filter((timestamp) => timestamp > packet.timestamp)
        const config = videoConfigOf(meta)
        if (config) on.config(config, 'main')
        on.packet(packetOf('video', packet), 'main')
      },
    },
    { frameRate: shape.fps, timestampBase: 'unix' },
  )
  const output = newOutput()
  output.addVideoTrack(source, { frameRate: shape.fps, isRelativeToUnixEpoch: true })
  return run(output, source.errorPromise, on, () => {
    open = false
    second.stop()
  })
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
          on.config(
            {
              kind: 'audio',
              codec: config.codec,
              sampleRate: config.sampleRate,
              channels: config.numberOfChannels,
              description: bytesOf(config.description),
            },
            'main',
          )
        on.packet(packetOf('audio', packet), 'main')
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

// The second encoder: makes the small picture from the very frames the first one takes, with the same times and with
// key frames where that one has them. What goes wrong in here never reaches the main picture.
import { canEncodeVideo, Quality, VideoSampleSource, type VideoSample } from 'mediabunny'
import { KEY_FRAME_SECONDS, newOutput, packetOf, videoConfigOf, type EncoderEvents } from './encoded.ts'
import { LOW, lowOf } from './quality.ts'

export type LowWish = {
  /** Asked at every frame. */
  wanted(): boolean
  /** It cannot be: the encoder broke, or the main picture is as small. */
  off(why: 'failed' | 'size'): void
}
type Encoding = { take(sample: VideoSample, key: boolean): void; stop(): void }

/** Frames in the encoder at once. More are left out: a device that is busy must not hold the camera's memory, too. */
const MOST_INSIDE = 4

const quality = (): Quality => new Quality({ bitrate: LOW.kbps * 1000 })

export const canEncodeLow = (): Promise<boolean> =>
  canEncodeVideo('avc', { width: LOW.width, height: LOW.height, quality: quality() })

/** `frame` is given every frame just before the first encoder gets it; begins and ends as it is wanted. */
export function encodeBeside(
  fps: number,
  wish: LowWish,
  on: EncoderEvents,
): { frame(sample: VideoSample): void; stop(): void } {
  let encoding: Encoding | null = null
  let beat = -1
  function stop(): void {
    encoding?.stop()
    encoding = null
  }
  function begin(sample: VideoSample): Encoding | null {
    const size = lowOf({ width: sample.codedWidth, height: sample.codedHeight })
    if (!size) wish.off('size')
    return (
      size &&
      start(size, fps, on, () => {
        stop()
        wish.off('failed')
      })
    )
  }
  return {
    stop,
    frame(sample) {
      // The rule by which the first encoder makes its key frames.
      const now = Math.floor(sample.timestamp / KEY_FRAME_SECONDS)
      const key = now !== beat
      beat = now
      if (!wish.wanted()) {
        stop()
        return
      }
      if (key) encoding ??= begin(sample)
      encoding?.take(sample, key)
    },
  }
}

/** The first frame it takes is a key frame. `failed` is called once. */
function start(
  size: { width: number; height: number },
  fps: number,
  on: EncoderEvents,
  failed: () => void,
): Encoding {
  let over = false
  let inside: number[] = []
  const source = new VideoSampleSource({
    codec: 'avc',
    quality: quality(),
    keyFrameInterval: KEY_FRAME_SECONDS,
    latencyMode: 'realtime',
    sizeChangeBehavior: 'contain',
    transform: { ...size, fit: 'contain' },
    onEncodedPacket(packet, meta) {
      if (over) return
      // The encoder may have left some out; what came before this one is through in any case.
      inside = inside.filter((timestamp) => timestamp > packet.timestamp)
      const config = videoConfigOf(meta)
      if (config) on.config(config, 'low')
      on.packet(packetOf('video', packet), 'low')
    },
  })
  const output = newOutput()
  output.addVideoTrack(source, { frameRate: fps, isRelativeToUnixEpoch: true })
  const started = output.start()
  function fail(): void {
    if (over) return
    over = true
    failed()
  }

  async function add(sample: VideoSample, key: boolean): Promise<void> {
    const frame = sample.clone()
    inside.push(frame.timestamp)
    try {
      await started
      await source.add(frame, { keyFrame: key })
    } finally {
      frame.close()
    }
  }
  return {
    take(sample, key) {
      // Without its key frame a second is lost to all who join in it, and to the playlists.
      const most = key ? 2 * MOST_INSIDE : MOST_INSIDE
      if (!over && inside.length < most) add(sample, key).catch(fail)
    },
    stop() {
      over = true
      output.cancel().catch(() => undefined)
    },
  }
}

// A transcoder that a test holds in its hand: it gives back what it was given, when the test lets it.
import type { EncodedPacket, VideoConfig } from '../../../shared/media.ts'
import type { Transcoder } from '../../app/video-ports.ts'
import { createFlvReader, FLV_VIDEO, flvHeader, flvTag } from '../../video/ladder/flv.ts'
import { configTag, createTagReader, packetTag } from '../../video/rtmp/tags.ts'

const described = (width: number, height: number, codec: string, hex: string): VideoConfig => ({
  ...{ kind: 'video', codec, width, height },
  description: Uint8Array.from(Buffer.from(hex, 'hex')),
})
/** Of x264: what a source says of itself, and what its small picture does. */
export const HIGH = described(
  ...([1280, 720, 'avc1.4d401f'] as const),
  '014d401fffe10019674d401feca02802dd8088000003000800000301e078c18cb001000468ce0fc8',
)
export const LOW = described(
  ...([640, 360, 'avc1.4d401e'] as const),
  '014d401effe10019674d401eda0280bfe5c044000003000400000300f23c58ba8001000468ef3c80',
)

export type HandRun = {
  size: { width: number; height: number }
  /** Pictures that it was given, on its own clock. */
  got: EncodedPacket[]
  configs: number
  /** Lets out what it was given so far: in the order they are shown in, as an encoder that never looks ahead does. */
  give(): void
  say(bytes: Uint8Array): void
  end(says: string): void
  isClosed: boolean
}

/** `instant`: gives every picture back at once. `stuck`: bytes that it does not take. */
export function createHandTranscoder({ instant = true } = {}) {
  const runs: HandRun[] = []
  const state = { instant, stuck: 0 }
  const transcoder: Transcoder = {
    open(size, tell) {
      const read = createFlvReader()
      const tags = createTagReader()
      let given = 0
      let begun = false
      const run: HandRun = {
        ...{ size, got: [], configs: 0, isClosed: false, say: tell.bytes, end: tell.closed },
        give() {
          if (!begun) {
            tell.bytes(flvHeader())
            tell.bytes(flvTag({ type: FLV_VIDEO, ts: 0, payload: configTag(LOW) }))
          }
          begun = true
          const shown = run.got
            .slice(given)
            .map((one) => ({ ...one, ts: one.ts + (one.offset ?? 0), offset: 0 }))
          given = run.got.length
          for (const one of shown.sort((a, b) => a.ts - b.ts))
            tell.bytes(flvTag({ type: FLV_VIDEO, ts: one.ts, payload: packetTag(one) }))
        },
      }
      runs.push(run)
      return {
        write(bytes) {
          for (const { payload, ts } of read(bytes) ?? []) {
            const tag = tags.video(payload, ts)
            if (tag?.type === 'config') run.configs += 1
            if (tag?.type === 'packet') run.got.push(tag.packet)
          }
          if (state.instant && run.got.length > given) run.give()
        },
        buffered: () => state.stuck,
        close: () => void (run.isClosed = true),
      }
    },
  }
  return { transcoder, runs, state }
}

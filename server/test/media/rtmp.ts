// Encoders that call a node's video over RTMP, by hand: our own client against our own session, in memory. What
// independent programs make of either is for ffmpeg and node-media-server to say (test/rtmp*.test.ts).
import type { EncodedPacket, TrackConfig, VideoConfig } from '../../../shared/media.ts'
import type { ByteLine, ByteSession, KeyCheck } from '../../app/video-ports.ts'
import { createRefusals } from '../../video/refusals.ts'
import { createRtmpClient, type ClientEvent } from '../../video/rtmp/client.ts'
import { createRtmpIngest } from '../../video/rtmp/ingest.ts'
import { AUDIO_CHANNEL, TYPE, VIDEO_CHANNEL } from '../../video/rtmp/messages.ts'
import { configTag, packetTag } from '../../video/rtmp/tags.ts'
import { settle } from '../clock.ts'
import { AAC } from './packets.ts'
import { createVideoWorld } from './world.ts'

export const NOISE = 'noise'.repeat(400)

/** A line whose other end is the test. */
export function createHandLine() {
  const line = {
    written: [] as Uint8Array[],
    closed: false,
    paused: false,
    waiting: 0,
    address: '192.0.2.9',
    write: (bytes: Uint8Array) => void line.written.push(bytes),
    buffered: () => line.waiting,
    pause: () => void (line.paused = true),
    resume: () => void (line.paused = false),
    close: () => void (line.closed = true),
  }
  return line satisfies ByteLine & Record<string, unknown>
}

/** With the parameter sets of a real picture, 320 by 180: the others say nothing of their size. */
export const FILMED: VideoConfig = {
  kind: 'video',
  codec: 'avc1.42c00d',
  width: 320,
  height: 180,
  description: Uint8Array.from(
    Buffer.from('0142c00dffe100176742c00dda05067e7c0440000003004000000f03c50aa801000468ce0fc8', 'hex'),
  ),
}

/** Keys are `stream:secret`, and `secret` is right. */
export function createRtmpWorld(options: Parameters<typeof createVideoWorld>[0] = {}) {
  const world = createVideoWorld(options)
  const refusals = createRefusals(world)
  const asked: string[] = []
  let answer = (key: string): Promise<KeyCheck> => {
    const [stream = '', secret] = key.split(':')
    const ok = secret === 'secret'
    return Promise.resolve(ok ? { ok, stream } : { ok, says: 'The stream key is wrong.' })
  }
  const faults: string[] = []
  const fault = (where: string) => `fault ${faults.push(where)}`
  const ingest = createRtmpIngest({
    ...world,
    log: { ...world.log, fault },
    ...{ refusals, broadcastFor: world.video.broadcastFor, admit: world.video.admit },
    keys: {
      streamOf: (key) => (key.includes(':') ? (key.split(':')[0] ?? null) : null),
      check(key) {
        asked.push(key)
        return answer(key)
      },
    },
  })

  /** A connection that has said nothing yet. */
  function call() {
    const line = createHandLine()
    const session: ByteSession = ingest.open(line)
    return { line, session }
  }

  /** An encoder that asks to publish. */
  async function encoder(key = 'S:secret') {
    const { line, session } = call()
    const client = createRtmpClient({ app: 'live', url: 'rtmp://stage.example/live', key, noise: NOISE })
    const heard: ClientEvent[] = []
    async function exchange(): Promise<void> {
      for (;;) {
        const bytes = line.written.shift()
        if (!bytes) return
        for (const event of client.push(bytes)) {
          heard.push(event)
          if (event.type === 'send') session.bytes(event.bytes)
          await settle()
        }
      }
    }
    session.bytes(client.begin())
    await exchange()
    await settle()
    await exchange()
    const message = (kind: 'video' | 'audio', ts: number, payload: Uint8Array) =>
      session.bytes(
        client.media({
          channel: kind === 'video' ? VIDEO_CHANNEL : AUDIO_CHANNEL,
          type: kind === 'video' ? TYPE.video : TYPE.audio,
          ts: ts >>> 0,
          payload,
        }),
      )
    return {
      line,
      session,
      message,
      exchange,
      publishing: () => heard.some(({ type }) => type === 'publishing'),
      async refusal() {
        await exchange()
        return heard.find((event) => event.type === 'refused')?.says ?? null
      },
      config: (config: TrackConfig) => message(config.kind, 0, configTag(config)),
      packet: (packet: EncodedPacket, zero = 0) => message(packet.track, packet.ts - zero, packetTag(packet)),
      /** Each packet when its time has come, on a clock of the encoder's own that began at `zero`. */
      async play(packets: readonly EncodedPacket[], zero = 0) {
        for (const one of packets) {
          if (one.ts > world.clock.now()) await world.clock.advance(one.ts - world.clock.now())
          if (!line.closed) message(one.track, Math.round(one.ts - zero), packetTag(one))
        }
      },
      drop: () => session.closed(),
    }
  }
  return {
    ...world,
    ...{ ingest, refusals, asked, faults, call, encoder, configs: [FILMED, AAC] },
    answer: (next: typeof answer) => void (answer = next),
  }
}

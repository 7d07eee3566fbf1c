// Sends a show on to another RTMP(S) server: the packets as they are, from a key frame on, over a connection that
// is made again when it breaks. What cannot be sent in time is dropped up to the next key frame: nothing here may
// hold up the show itself.
import type { EncodedPacket, TrackConfig } from '../../../shared/media.ts'
import type { Clock, Random } from '../../app/ports.ts'
import type { ByteLine, Dial, PacketTap, Pusher, PushState } from '../../app/video-ports.ts'
import { createRtmpClient, type RtmpClient } from './client.ts'
import { AUDIO_CHANNEL, data, TYPE, VIDEO_CHANNEL } from './messages.ts'
import { configTag, packetTag } from './tags.ts'
import { targetOf, type Target } from '../../domain/push-target.ts'

const NOISE_BYTES = 1_146
/** From dialling to the first picture that may be sent. */
const CONNECT_MS = 10_000
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000
/** A server may still hold our last connection; but who refuses so often, without having taken anything since we
 * began, does not want it. */
const MOST_REFUSALS = 5
/** Some seconds of a good picture. Begun again when half of it is gone. */
const MOST_BUFFERED_BYTES = 2_000_000
/** The way on was free for so long: what was in it before is forgotten. */
const STEADY_MS = 60_000
/** Nothing was left out for so long. */
const RECOVERED_MS = 10_000

type Kind = EncodedPacket['track']
/** `base`: the time of the first packet on this connection, which is its zero. */
type Call = { line: ByteLine; client: RtmpClient; accepted: boolean; base: number | null; hungUp: boolean }

export function createPusher(deps: {
  clock: Clock
  random: Pick<Random, 'token' | 'fraction'>
  dial: Dial
}): Pusher {
  return {
    push(given, tell) {
      const target = targetOf(given.url)
      if (target) return createPush({ ...deps, target, key: given.key, tell })
      tell({ state: 'failed', says: 'The address must look like rtmp://host/app or rtmps://host/app.' })
      const nothing = () => undefined
      return { config: nothing, packet: nothing, pause: nothing, end: nothing, close: nothing }
    },
  }
}

function createPush(
  deps: Parameters<typeof createPusher>[0] & {
    target: Target
    key: string
    tell: (state: PushState) => void
  },
): PacketTap & { close(): void } {
  const { clock, random, target, key } = deps
  let configs: Partial<Record<Kind, TrackConfig>> = {}
  let said: PushState | undefined
  let call: Call | undefined
  let refusals = 0
  let tries = 0
  let over = false
  /** Packets are let go until a key frame. */
  let skipping = true
  let behindAt: number | undefined
  let lastTs = 0
  let cancelTimer = (): void => undefined
  let hangUp = (): void => undefined

  function tell(state: PushState['state'], says: string | null = null): void {
    if (said?.state === state && said.says === says) return
    said = { state, says }
    deps.tell(said)
  }

  function connect(): void {
    tell('connecting')
    const noise = random.token(NOISE_BYTES)
    cancelTimer = clock.after(CONNECT_MS, () => lost('It did not answer in time.'))
    hangUp = deps.dial(target, {
      opened(line) {
        const mine: Call = {
          ...{ line, accepted: false, base: null, hungUp: false },
          client: createRtmpClient({ app: target.app, url: target.url, key, noise }),
        }
        call = mine
        line.write(mine.client.begin())
        return {
          bytes: (bytes) => hear(mine, bytes),
          closed() {
            if (!mine.hungUp) lost('The connection broke.')
          },
        }
      },
      failed: (says) => lost(says),
    })
  }

  function hear(mine: Call, bytes: Uint8Array): void {
    if (mine.hungUp) return
    for (const event of mine.client.push(bytes))
      if (event.type === 'send') mine.line.write(event.bytes)
      else if (event.type === 'publishing') accepted(mine)
      else {
        refusals += 1
        lost(event.says)
        return
      }
  }

  function accepted(mine: Call): void {
    cancelTimer()
    // A good while later an old trouble is no reason to be slow about a new one.
    cancelTimer = clock.after(STEADY_MS, () => {
      tries = 0
      refusals = 0
    })
    mine.accepted = true
    skipping = true
    behindAt = undefined
    tell('live')
  }

  function drop(): void {
    cancelTimer()
    hangUp()
    const mine = call
    call = undefined
    if (!mine) return
    mine.hungUp = true
    mine.line.close()
  }

  function lost(says: string): void {
    if (over) return
    drop()
    if (refusals >= MOST_REFUSALS) {
      over = true
      tell('failed', says)
      return
    }
    tell('waiting', says)
    const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries++)
    cancelTimer = clock.after(longest * (0.5 + random.fraction() / 2), connect)
  }

  function stop(): void {
    if (over) return
    over = true
    if (call?.accepted) for (const bytes of call.client.bye()) call.line.write(bytes)
    drop()
    tell('closed')
  }

  function write(mine: Call, track: Kind, ts: number, payload: Uint8Array): void {
    const video = track === 'video'
    mine.line.write(
      mine.client.media({
        channel: video ? VIDEO_CHANNEL : AUDIO_CHANNEL,
        type: video ? TYPE.video : TYPE.audio,
        ts,
        payload,
      }),
    )
  }

  /** Where a connection begins: what follows, then the codecs. */
  function open(mine: Call, at: number): void {
    mine.base = at
    const { video, audio } = configs
    const form = {
      ...(video?.kind === 'video' ? { width: video.width, height: video.height, videocodecid: 7 } : {}),
      ...(audio?.kind === 'audio'
        ? { audiosamplerate: audio.sampleRate, stereo: audio.channels === 2, audiocodecid: 10 }
        : {}),
      encoder: 'Stagedoor',
    }
    mine.line.write(
      mine.client.media(data(0, 0, '@setDataFrame', 'onMetaData', new Map(Object.entries(form)))),
    )
    for (const config of Object.values(configs)) write(mine, config.kind, 0, configTag(config))
  }

  /** Milliseconds since the connection began; sound may lie a little before its first picture. */
  const timeOf = (mine: Call, ts: number): number => Math.max(0, Math.round(ts - (mine.base ?? ts))) >>> 0

  function isBehind(line: ByteLine): boolean {
    const buffered = line.buffered()
    if (buffered > MOST_BUFFERED_BYTES) {
      skipping = true
      behindAt = clock.now()
      tell('live', 'The line is too slow: pictures are left out.')
    }
    return skipping && buffered > MOST_BUFFERED_BYTES / 2
  }

  connect()
  return {
    config(config) {
      const before = configs[config.kind]
      configs = { ...configs, [config.kind]: config }
      if (call?.accepted && call.base !== null && before !== config)
        write(call, config.kind, timeOf(call, lastTs), configTag(config))
    },
    packet(packet) {
      lastTs = packet.ts
      if (!call?.accepted || isBehind(call.line)) return
      const leads = packet.track === 'video' ? packet.key : configs.video === undefined
      if (skipping && !leads) return
      skipping = false
      if (behindAt !== undefined && clock.now() - behindAt > RECOVERED_MS) {
        behindAt = undefined
        tell('live')
      }
      if (call.base === null) open(call, packet.ts)
      write(call, packet.track, timeOf(call, packet.ts), packetTag(packet))
    },
    pause() {
      configs = {}
      skipping = true
    },
    end: stop,
    close: stop,
  }
}

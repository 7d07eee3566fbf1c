// The life of the low layer of a show that is published here: made when its first pictures come, gone when they stay
// away, and never without main ones. The sound of the show is in it too. Whatever becomes of it, main goes on.
import type { AudioConfig, EncodedPacket, TrackConfig, VideoConfig } from '../../shared/media.ts'
import type { Muxer } from './muxer.ts'

/** Pictures of the low layer from somewhere else than the publisher, on the server's clock: a config, then packets from a
 * key frame on. Nothing is taken while the publisher sends its own. */
export type LowSource = {
  wanted(): boolean
  config(config: VideoConfig): void
  /** What is wrong with it, or null. Who is told goes on no longer. */
  packet(packet: EncodedPacket): string | null
  /** No more pictures come. */
  end(): void
}
export type From = 'publisher' | 'elsewhere'

export type Low = {
  config(config: VideoConfig, from: From): void
  /** A picture. What is wrong with it, or null. */
  packet(packet: EncodedPacket, from: From, now: number): string | null
  /** What that source sent is gone. */
  end(from: From, now: number): void
  /** What main takes, behind it. */
  besideConfig(config: TrackConfig, now: number): void
  beside(packet: EncodedPacket, now: number): void
  /** The publisher is silent, with all it sends. */
  pause(): void
  /** Another publisher, or the same on another connection. */
  reset(now: number): void
  /** Whether pictures from elsewhere would be taken. */
  wanted(): boolean
}

/** A publisher that falls silent with everything is lost as fast. */
const GONE_MS = 2_500
/** Pictures that were made from main ones come later than the sound that belongs to them. */
const SOUND_MS = 3_000

export function createLow(deps: {
  main: Pick<Muxer, 'current'>
  muxer: Muxer
  /** There is nothing of it any more, and nothing is left to be had. */
  gone(): void
}): Low {
  const { main, muxer } = deps
  const configs: { [from in From]?: VideoConfig | undefined } = {}
  let audio: AudioConfig | undefined
  let sound: EncodedPacket[] = []
  /** Whose pictures there are, and the config that they were begun with on this connection. */
  let shown: From | null = null
  let given: VideoConfig | undefined
  /** The newest picture, and when main began its take: by the clock and by media time, since what a stalled line held
   * back comes at once, one layer before the other. */
  let newest = { at: 0, ts: 0 }
  let began = { at: 0, ts: 0 }

  function open(from: From, config: VideoConfig, first: EncodedPacket, now: number): void {
    muxer.reset(now)
    muxer.config(config, now)
    if (audio) muxer.config(audio, now)
    given = config
    shown = from
    for (const packet of sound) if (packet.ts >= first.ts) muxer.packet(packet, now)
  }

  function gone(now: number): void {
    if (shown === null) return
    shown = null
    given = undefined
    muxer.reset(now)
    deps.gone()
  }

  const isAway = (packet: EncodedPacket, now: number) =>
    packet.ts - Math.max(newest.ts, began.ts) > GONE_MS && now - Math.max(newest.at, began.at) > GONE_MS

  return {
    config(config, from) {
      configs[from] = config
    },
    packet(packet, from, now) {
      const config = configs[from]
      if (!config) return 'A config must come before the packets of a track.'
      if (shown === 'publisher' && from === 'elsewhere') return 'The publisher sends a low layer of its own.'
      if (main.current()?.leads !== 'video') return null
      if (shown !== from || !given) {
        if (!packet.key) return null
        if (shown !== from) gone(now)
        open(from, config, packet, now)
      } else if (given !== config) muxer.config((given = config), now)
      newest = { at: now, ts: packet.ts }
      return muxer.packet(packet, now)
    },
    end(from, now) {
      configs[from] = undefined
      if (shown === from) gone(now)
    },
    besideConfig(config, now) {
      if (config.kind !== 'audio') return
      audio = config
      sound = []
      if (given) muxer.config(config, now)
    },
    beside(packet, now) {
      const current = main.current()
      if (current && current.from !== began.ts) {
        began = { at: now, ts: current.from }
        // Players of both find the same breaks in both.
        muxer.cutAt(current.from)
      }
      if (packet.track === 'audio') {
        const oldest = packet.ts - SOUND_MS
        while (sound[0] && sound[0].ts < oldest) sound.shift()
        sound.push(packet)
        if (given) muxer.packet(packet, now)
      }
      if (shown !== null && (current?.leads === 'audio' || isAway(packet, now))) gone(now)
    },
    pause: () => muxer.pause(),
    reset(now) {
      configs.publisher = undefined
      audio = undefined
      sound = []
      given = undefined
      muxer.reset(now)
    },
    wanted: () => shown !== 'publisher' && main.current()?.leads === 'video',
  }
}

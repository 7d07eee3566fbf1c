// A session whose sockets, decoder, playlists and clock are the test's.
import type { Playback } from '../../../shared/api/streams.ts'
import type { VideoState } from '../../../shared/media.ts'
import type { Choice, Quality } from '../player/chooser.ts'
import type { HlsEvents } from '../player/hls.ts'
import { phaseOf, type Facts } from '../player/phase.ts'
import { createSession } from '../player/session.ts'
import { handClock, handWires, settle } from './hand.ts'
import { handSources, HandVideo } from './hand-video.ts'

export function watching(
  options: {
    state?: VideoState
    mse?: boolean
    online?: () => boolean
    visible?: () => boolean
    choice?: Choice
    playback?: Partial<Playback>
  } = {},
) {
  const clock = handClock()
  const hand = handWires()
  const video = new HandVideo()
  const sources = handSources(video)
  const shown: Facts[] = []
  const qualities: Quality[] = []
  const hls: HlsEvents[] = []
  const did: string[] = []
  const played: string[] = []
  const reported: number[] = []
  const session = createSession({
    behind: { now: clock.now, report: (ms) => reported.push(ms) },
    video: video as unknown as HTMLVideoElement,
    playback: {
      ...{ provider: 'local', dvr: null, expiresAt: null },
      ...{ state: options.state ?? 'live', push: '/push', hls: '/l.m3u8', hlsPlain: '/p.m3u8' },
      ...options.playback,
    },
    stale: () => void did.push('stale'),
    passes: {
      get: () => Promise.resolve({ pass: 'p', expiresAt: 0, person: { id: 'p', name: 'P', guest: true } }),
      drop: () => undefined,
    },
    Source: options.mse === false ? undefined : sources.Source,
    open: hand.open,
    playHls: (_video, { hls: address }, on) => {
      hls.push(on)
      played.push(address)
      return Promise.resolve({
        toLive: () => void did.push('toLive'),
        pause: () => void did.push('pause'),
        latency: () => 2_000,
        choose: (choice) => void did.push(`choose ${choice}`),
        renew: (address) => void did.push(`renew ${address}`),
        stop: () => void did.push('stop'),
      })
    },
    clock,
    online: options.online ?? (() => true),
    visible: options.visible ?? (() => true),
    network: 'fast',
    choice: options.choice ?? 'auto',
    fraction: () => 0.5,
    show: (facts) => shown.push(facts),
    showQuality: (next) => qualities.push(next),
  })
  const live = async (): Promise<void> => {
    hand.last().opened()
    await settle()
    hand.last().hear({ t: 'state', state: 'live' })
    hand.last().hear({ t: 'init', codecs: 'avc1.64001f,mp4a.40.2', epochMs: 0, now: clock.now() })
    hand.last().bytes(new ArrayBuffer(8))
    await settle()
    video.spans = [[9, 10]]
    sources.last().done()
    video.say('playing')
  }
  /** What is buffered now ends so late. */
  const edge = (lateMs: number): void => {
    const end = (clock.now() - lateMs) / 1000
    video.spans = [[end - 1, end]]
    video.currentTime = end - 0.4
    sources.last().done()
  }
  return {
    ...hand,
    edge,
    ...{ clock, video, hls, did, played, reported, session, live, qualities, buffers: sources.buffers },
    phase() {
      const facts = shown.at(-1)
      if (!facts) throw new Error('nothing was shown')
      return phaseOf(facts)
    },
  }
}

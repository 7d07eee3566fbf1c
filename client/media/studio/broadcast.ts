// Going live: encoders and publisher held together. Restarts the picture's encoder when its source, size or
// bitrate changes; the sound's runs from beginning to end.
import { every, type Clock } from '../../clock.ts'
import type { OpenWire } from '../wire.ts'
import type { encodeAudio, encodeVideo, EncoderEvents, Size, StopEncoder } from './encoder.ts'
import { createLowLayer, LOW_OFF, type LowState } from './low-layer.ts'
import { createPublisher, type GrantAnswer, type PublishPhase, type Stats } from './publisher.ts'
import { heard, newDrift } from './drift.ts'
import { calm, congested, newLadder, QUALITIES, suited, type QualityName } from './quality.ts'

export type BroadcastState = {
  phase: PublishPhase
  /** When this page first went live, Unix ms. */
  liveSince: number | null
  /** What goes out of here, measured over the last second. */
  fps: number
  kbps: number
  dropped: number
  roundTripMs: number | null
  /** Seconds between the last two key frames; null: there were no two yet. */
  keySeconds: number | null
  /** Asked of the encoder now; below the chosen quality's while the line is narrow. */
  askedKbps: number
  /** The size that is sent: a smaller one than chosen while the line cannot carry that. */
  sending: QualityName
  /** What the server says, of this connection and of the viewers. */
  server: Stats | null
  encoderFailed: boolean
  /** The small picture beside the main one. */
  low: LowState
}
/** `boxFor`: the size to scale to for a quality; null: frames as they come. */
export type Picture = { track: MediaStreamTrack; boxFor: (quality: QualityName) => Size | null }
export type Broadcast = ReturnType<typeof createBroadcast>
type Encoder = { encodeVideo: typeof encodeVideo; encodeAudio: typeof encodeAudio }

/** Encoders die of memory, of a driver, of a laptop's sleep; more often than this it is not bad luck. */
const MOST_FAILURES = 3
const NO_ENCODER =
  'This browser cannot encode H.264 at this size. Choose 480p, or use Chrome, Edge or Safari.'

export function createBroadcast(deps: {
  loadEncoder(): Promise<Encoder>
  grant(): Promise<GrantAnswer>
  open: OpenWire
  clock: Clock
  fraction(): number
  show(state: BroadcastState): void
}) {
  const { clock } = deps
  let quality: QualityName = '720p'
  let ladder = newLadder(QUALITIES[quality].kbps)
  let picture: Picture | null = null
  let sound: MediaStreamTrack | null = null
  let drift = newDrift(0)
  let failures = 0
  let lastKey: number | null = null
  let keySeconds: number | null = null
  let before = { bytes: 0, frames: 0, dropped: 0, low: 0 }
  let stopTicking = (): void => undefined
  let state: BroadcastState = {
    phase: { at: 'off' },
    liveSince: null,
    fps: 0,
    kbps: 0,
    dropped: 0,
    roundTripMs: null,
    keySeconds: null,
    askedKbps: ladder.kbps,
    sending: quality,
    server: null,
    encoderFailed: false,
    low: LOW_OFF,
  }

  function set(change: Partial<BroadcastState>): void {
    state = { ...state, ...change }
    deps.show(state)
  }

  const publisher = createPublisher({
    grant: () => deps.grant(),
    open: deps.open,
    clock,
    fraction: () => deps.fraction(),
    on: {
      phase(phase) {
        const liveSince = phase.at === 'live' ? (state.liveSince ?? clock.now()) : state.liveSince
        set({ phase, liveSince })
        if (phase.at === 'over') stopEncoding()
      },
      stats: (server) => set({ server }),
      // The small picture goes at once; the main one shrinks only when that was not enough.
      congested(layer) {
        low.congested(layer)
        if (layer === 'main') climb(congested)
      },
      lowRefused: (says) => low.refused(says),
    },
  })
  const low = createLowLayer({
    clock,
    stopped: () => publisher.withoutLow(),
    show: (next) => set({ low: next }),
  })

  const events: EncoderEvents = {
    config: (config, layer) => publisher.config(config, layer),
    packet(packet, layer) {
      if (packet.track === 'audio') keepTime(packet.ts)
      else low.made(layer)
      if (packet.track === 'video' && packet.key && layer === 'main') keyAt(packet.ts)
      publisher.packet(packet, layer)
    },
    failed(error) {
      if (error instanceof DOMException && error.name === 'NotSupportedError') {
        publisher.stop('refused', NO_ENCODER)
        return
      }
      failures += 1
      if (failures > MOST_FAILURES) {
        set({ encoderFailed: true })
        return
      }
      restartVideo()
      restartAudio()
    },
  }
  const video = slot(() => {
    const on = picture
    return (
      on &&
      ((encoder) =>
        encoder.encodeVideo(
          on.track as MediaStreamVideoTrack,
          { fps: QUALITIES[quality].fps, kbps: ladder.kbps, box: on.boxFor(state.sending) },
          events,
          { low, inside: low.inside },
        ))
    )
  })
  const audio = slot(() => {
    const on = sound
    return on && ((encoder) => encoder.encodeAudio(on as MediaStreamAudioTrack, events))
  })
  const restartVideo = (): void => video.restart()
  const restartAudio = (): void => {
    drift = newDrift(clock.now())
    audio.restart()
  }

  /** One running encoder at most: the old one is silent before the new one starts, and of several wishes that
   * come while one starts only the last is kept. */
  function slot(plan: () => ((encoder: Encoder) => Promise<StopEncoder>) | null) {
    let running: StopEncoder | null = null
    let round = 0
    function stop(): void {
      round += 1
      running?.()
      running = null
    }
    async function start(): Promise<void> {
      stop()
      const mine = round
      const encoder = await deps.loadEncoder()
      const begin = mine === round ? plan() : null
      if (!begin) return
      const stopIt = await begin(encoder)
      if (mine === round) running = stopIt
      else stopIt()
    }
    return { stop, restart: () => void start().catch((error: unknown) => events.failed(error)) }
  }

  function climb(step: typeof calm): void {
    const was = ladder.kbps
    ladder = step(ladder, clock.now())
    if (ladder.kbps === was) return
    set({ askedKbps: ladder.kbps, sending: suited(quality, ladder.kbps, state.sending) })
    restartVideo()
  }

  function keyAt(ts: number): void {
    if (lastKey !== null && ts > lastKey) keySeconds = (ts - lastKey) / 1000
    lastKey = ts
  }

  function keepTime(ts: number): void {
    const now = clock.now()
    const step = heard(drift, now - ts, now)
    drift = step.drift
    if (step.off) restartAudio()
  }

  function tick(): void {
    const now = publisher.sent()
    set({
      fps: now.frames - before.frames,
      kbps: Math.round(((now.bytes - before.bytes) * 8) / 1000),
      dropped: now.dropped,
      roundTripMs: publisher.roundTrip(),
      keySeconds,
    })
    const sent = now.low - before.low
    before = now
    if (state.phase.at !== 'live') return
    climb(calm)
    low.second({ fps: QUALITIES[quality].fps, full: ladder.kbps >= ladder.most, sent })
  }

  function stopEncoding(): void {
    stopTicking()
    video.stop()
    audio.stop()
  }

  const running = (): boolean => state.phase.at !== 'off' && state.phase.at !== 'over'

  return {
    state: () => state,
    start(from: { picture: Picture; sound: MediaStreamTrack }): void {
      if (running()) return
      picture = from.picture
      sound = from.sound
      failures = 0
      set({ encoderFailed: false, server: null })
      low.begin()
      publisher.start()
      restartVideo()
      restartAudio()
      stopTicking()
      stopTicking = every(clock, 1_000, tick)
    },
    setPicture(next: Picture): void {
      picture = next
      low.again()
      if (running()) restartVideo()
    },
    setQuality(next: QualityName): void {
      quality = next
      ladder = newLadder(QUALITIES[next].kbps)
      set({ askedKbps: ladder.kbps, sending: next })
      low.again()
      if (running()) restartVideo()
    },
    /** The small picture beside the main one, where line and device allow it. */
    setLow: (on: boolean) => low.want(on),
    /** The sound's clock made a jump (the system held it): its timestamps must be taken anew. */
    soundJumped: () => running() && restartAudio(),
    nudge: () => publisher.nudge(),
    end: () => publisher.stop('ended', 'The stream is over.'),
    stop(): void {
      stopEncoding()
    },
  }
}

// Ties capture and broadcast to a page: made with it, fed to each other, stopped with it.
import { useEffect, useState } from 'preact/hooks'
import type { Api, Denial } from '../../api.ts'
import { ERRORS } from '../../../shared/protocol/errors.ts'
import { browserClock } from '../../clock.ts'
import { openWire } from '../wire.ts'
import { createBroadcast, type Broadcast, type BroadcastState, type Picture } from './broadcast.ts'
import { createCapture, type Capture, type CaptureState } from './capture.ts'
import { createMixer, type Mixer } from './mixer.ts'
import type { Size } from './encoder.ts'
import type { GrantAnswer } from './publisher.ts'
import { boxOf, lowOf, type QualityName } from './quality.ts'
import { browserSources } from './sources.ts'
import { useLow, type LowSwitch } from './use-low.ts'

export type Studio = {
  capture: CaptureState
  broadcast: BroadcastState
  quality: QualityName
  /** The small picture beside the main one; null: there is none to be had. */
  low: LowSwitch | null
  level(): number
  /** Null: the person has no picture to go live with yet. */
  goLive: (() => void) | null
  /** For everybody and for good. Null when done, else why not. */
  end(): Promise<Denial | null>
  open(): void
  useCamera(id: string | null): void
  useScreen(): void
  /** Null: no microphone. */
  useMicrophone(id: string | null): void
  mute(on: boolean): void
  setQuality(name: QualityName): void
}
type Parts = { capture: Capture; broadcast: Broadcast; mixer: Mixer }

const loadEncoder = () => import('./encoder.ts')
const canEncodeLow = async () => (await loadEncoder()).canEncodeLow()

/** `layers`: whoever carries the stream takes a small picture beside the main one. */
export function useStudio(api: Api, slug: string, layers: boolean): Studio | null {
  const [parts, setParts] = useState<Parts | null>(null)
  const [capture, setCapture] = useState<CaptureState | null>(null)
  const [broadcast, setBroadcast] = useState<BroadcastState | null>(null)
  const [quality, setQuality] = useState<QualityName>('720p')
  useEffect(() => {
    const made = make(() => grant(api, slug), setCapture, setBroadcast)
    setParts(made)
    setCapture(made.capture.state())
    setBroadcast(made.broadcast.state())
    run(made.capture.open())
    const unwatch = watchPage(made)
    return () => {
      unwatch()
      made.broadcast.stop()
      made.capture.stop()
    }
  }, [api, slug])
  const track = capture?.video ?? null
  const ended = broadcast?.phase.at === 'over' && broadcast.phase.why === 'ended'
  // Nothing is recorded any more: the camera's light goes out.
  useEffect(() => {
    if (ended) parts?.capture.stop()
  }, [parts, ended])
  useEffect(() => {
    if (parts && capture && track) parts.broadcast.setPicture(pictureOf(track, capture.source))
    // A new quality has its own restart; here only another picture counts.
  }, [parts, track])
  const size = track && sizeOf(track, capture?.source ?? 'camera', quality)
  const smaller = layers && size !== null && lowOf(size) !== null
  const low = useLow(canEncodeLow, smaller, parts?.broadcast.setLow ?? null)
  if (!parts || !capture || !broadcast) return null
  const start = (picture: MediaStreamTrack) => () => {
    parts.mixer.wake()
    parts.broadcast.start({
      picture: pictureOf(picture, capture.source),
      sound: parts.mixer.track,
    })
  }
  return {
    capture,
    broadcast,
    quality,
    low,
    level: () => parts.mixer.level(),
    goLive: track && start(track),
    async end() {
      const answer = await api.endStream(slug)
      if (!answer.ok) return answer.denial
      parts.broadcast.end()
      return null
    },
    open: () => run(parts.capture.open()),
    useCamera: (id) => run(parts.capture.useCamera(id)),
    useScreen: () => run(parts.capture.useScreen()),
    useMicrophone: (id) =>
      id === null ? parts.capture.noMicrophone() : run(parts.capture.useMicrophone(id)),
    mute: (on) => parts.capture.mute(on),
    setQuality(name) {
      setQuality(name)
      run(parts.capture.setQuality(name).then(() => parts.broadcast.setQuality(name)))
    },
  }
}

function make(
  askGrant: () => Promise<GrantAnswer>,
  showCapture: (state: CaptureState) => void,
  showBroadcast: (state: BroadcastState) => void,
): Parts {
  const mixer = createMixer()
  const capture = createCapture({ sources: browserSources, mixer, show: showCapture })
  const broadcast = createBroadcast({
    loadEncoder,
    grant: askGrant,
    open: openWire,
    clock: browserClock,
    fraction: Math.random,
    show: showBroadcast,
  })
  mixer.onResumed(() => broadcast.soundJumped())
  return { mixer, capture, broadcast }
}

function watchPage({ capture, broadcast, mixer }: Parts): () => void {
  const seen = () => document.visibilityState === 'visible' && run(capture.revive())
  const online = () => broadcast.nudge()
  const touched = () => mixer.wake()
  const devices = () => run(capture.refresh())
  document.addEventListener('visibilitychange', seen)
  document.addEventListener('pointerdown', touched)
  addEventListener('online', online)
  navigator.mediaDevices.addEventListener('devicechange', devices)
  // Fetched while the host looks at the preview, so that the press on "Go live" finds it here.
  run(loadEncoder())
  return () => {
    document.removeEventListener('visibilitychange', seen)
    document.removeEventListener('pointerdown', touched)
    removeEventListener('online', online)
    navigator.mediaDevices.removeEventListener('devicechange', devices)
  }
}

function pictureOf(track: MediaStreamTrack, source: CaptureState['source']): Picture {
  return { track, boxFor: (quality) => boxOf(track.getSettings(), source, quality) }
}

/** As far as the track knows; what it gives is looked at again when it is encoded. */
function sizeOf(track: MediaStreamTrack, source: CaptureState['source'], quality: QualityName): Size {
  const settings = track.getSettings()
  const { width = 0, height = 0 } = boxOf(settings, source, quality) ?? settings
  return { width, height }
}

async function grant(api: Api, slug: string): Promise<GrantAnswer> {
  const answer = await api.ingestGrant(slug)
  if (answer.ok) return { ok: true, grant: answer.value.grant, url: answer.value.url }
  const { code, says } = answer.denial
  return { ok: false, then: nextAfter(code), says }
}

function nextAfter(code: Denial['code']): 'retry' | 'refused' | 'ended' {
  if (code === 'offline') return 'retry'
  if (code === 'wrong_state' || code === 'stream_ended') return 'ended'
  return code !== 'already_live' && ERRORS[code].retry === 'later' ? 'retry' : 'refused'
}

/** What fails in here is already shown as a trouble; anything else is a bug and is reported as one. */
function run(work: Promise<unknown>): void {
  work.catch(reportError)
}

// What runs in the browsers of bench:video: a studio that films a clock, and a viewer that reads it. Both are
// the client's own code from the socket to the screen; only camera and page are replaced. Never built into
// the product.
import type { IngestGrant, Pass, StreamPage } from '../../../shared/api/streams.ts'
import { browserClock } from '../../../client/clock.ts'
import { playHls } from '../../../client/media/player/hls.ts'
import { sourceClass } from '../../../client/media/player/screen.ts'
import { createSession } from '../../../client/media/player/session.ts'
import { createBroadcast } from '../../../client/media/studio/broadcast.ts'
import { openWire } from '../../../client/media/wire.ts'
import { ageOf, CODE_SIZE, drawClock } from './clock-code.ts'

export type Via = 'push' | 'll-hls' | 'hls'
export type Seen = { firstFrameMs: number; ages: number[] }
declare global {
  interface Window {
    bench: {
      publish(slug: string): Promise<void>
      watch(slug: string, via: Via): Promise<void>
      seen(): Seen
    }
  }
}

const FPS = 30

async function call<T>(method: string, path: string): Promise<T> {
  const response = await fetch(`/api${path}`, {
    method,
    ...(method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return (await response.json()) as T
}

/** Moving discs keep the encoder at its bitrate. */
function film(): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 })
  document.body.append(canvas)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  let n = 0
  const draw = () => {
    n += 1
    context.fillStyle = `hsl(${n % 360} 40% 35%)`
    context.fillRect(0, 0, canvas.width, canvas.height)
    for (let i = 0; i < 60; i++) {
      context.fillStyle = `hsl(${(i * 37 + n * 3) % 360} 70% 50%)`
      context.beginPath()
      context.arc(
        (i * 173 + n * (3 + (i % 7))) % 1280,
        120 + ((i * 97 + n * (2 + (i % 5))) % 580),
        24 + (i % 30),
        0,
        7,
      )
      context.fill()
    }
    drawClock(context, Date.now())
  }
  draw()
  setInterval(draw, 1000 / FPS)
  return firstOf(canvas.captureStream(FPS).getVideoTracks())
}

function tone(): MediaStreamTrack {
  const audio = new AudioContext()
  const oscillator = new OscillatorNode(audio, { frequency: 440 })
  const out = audio.createMediaStreamDestination()
  oscillator.connect(new GainNode(audio, { gain: 0.1 })).connect(out)
  oscillator.start()
  return firstOf(out.stream.getAudioTracks())
}

function firstOf(tracks: MediaStreamTrack[]): MediaStreamTrack {
  const [track] = tracks
  if (!track) throw new Error('no track')
  return track
}

/** Resolves when viewers can watch. */
function publish(slug: string): Promise<void> {
  return new Promise((live, fail) => {
    const broadcast = createBroadcast({
      loadEncoder: () => import('../../../client/media/studio/encoder.ts'),
      async grant() {
        const { grant, url } = await call<IngestGrant>('POST', `/streams/${slug}/ingest-grant`)
        return { ok: true, grant, url }
      },
      open: openWire,
      clock: browserClock,
      fraction: Math.random,
      show({ phase, kbps }) {
        if (phase.at === 'live' && kbps > 0) live()
        if (phase.at === 'over') fail(new Error(phase.says))
      },
    })
    broadcast.start({ picture: { track: film(), boxFor: () => null }, sound: tone() })
  })
}

let seen: Seen = { firstFrameMs: NaN, ages: [] }

/** Resolves with the first frame on the screen. */
async function watch(slug: string, via: Via): Promise<void> {
  const { playback } = await call<StreamPage>('GET', `/streams/${slug}`)
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true })
  video.style.width = '1280px'
  document.body.append(video)
  const started = performance.now()
  const shown = new Promise<void>((done) => {
    video.requestVideoFrameCallback(() => {
      seen = { firstFrameMs: performance.now() - started, ages: [] }
      read(video)
      done()
    })
  })
  if (via === 'push')
    createSession({
      video,
      playback,
      behind: { now: Date.now, report: () => undefined },
      passes: { get: () => call<Pass>('POST', `/streams/${slug}/pass`), drop: () => undefined },
      Source: sourceClass(),
      open: openWire,
      playHls: () => Promise.reject(new Error('push failed')),
      clock: browserClock,
      online: () => navigator.onLine,
      visible: () => true,
      network: 'fast',
      choice: 'main',
      fraction: Math.random,
      show: () => undefined,
      showQuality: () => undefined,
    })
  else
    await playHls(video, via === 'hls' ? { ...playback, hls: playback.hlsPlain } : playback, {
      wanted: () => true,
      now: Date.now,
      ready: () => undefined,
      blocked: () => undefined,
      layers: () => undefined,
      unsupported: () => undefined,
      failed: (error) => console.error(error),
    })
  await shown
}

function read(video: HTMLVideoElement): void {
  const context = new OffscreenCanvas(CODE_SIZE.width, CODE_SIZE.height).getContext('2d', {
    willReadFrequently: true,
  })
  if (!context) throw new Error('no canvas')
  let frames = 0
  video.requestVideoFrameCallback(function look(_now, { expectedDisplayTime }) {
    video.requestVideoFrameCallback(look)
    // Every third frame is enough, and leaves the processor to what is measured.
    if (frames++ % 3 !== 0) return
    const { width, height } = CODE_SIZE
    context.drawImage(video, 0, 0, width, height, 0, 0, width, height)
    const shownAt = performance.timeOrigin + Math.max(expectedDisplayTime, performance.now())
    const age = ageOf(context.getImageData(0, 0, width, height), shownAt)
    if (age !== null) seen.ages.push(age)
  })
}

window.bench = { publish, watch, seen: () => seen }

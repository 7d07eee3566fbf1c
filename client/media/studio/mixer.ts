// All sound in one track. The encoder listens to the mixer's output from the first second to the last, so that
// another microphone, a shared tab's sound or a mute never touch the stream; with no microphone it is silence.

export type Mixer = {
  readonly track: MediaStreamTrack
  /** Null: no such input now. The mixer does not stop tracks. */
  set(input: 'microphone' | 'screen', track: MediaStreamTrack | null): void
  mute(on: boolean): void
  /** The microphone's loudness, 0 to 1, also while muted: one sees that one is speaking into a closed microphone. */
  level(): number
  /** Browsers hold sound back until a press; call it from one, and when the page comes back. */
  wake(): void
  /** Sound stopped and went on: its timestamps have a hole. */
  onResumed(fn: () => void): void
  stop(): void
}

/** Above it AAC needs more bits than we give it. */
const MOST_RATE = 48_000
/** Speech peaks around -12 dB and whispers at -50: the meter shows this range. */
const QUIET_DB = -54

export function createMixer(): Mixer {
  let context = new AudioContext({ latencyHint: 'interactive' })
  if (context.sampleRate > MOST_RATE) {
    closeQuietly(context)
    context = new AudioContext({ latencyHint: 'interactive', sampleRate: MOST_RATE })
  }
  const out = context.createMediaStreamDestination()
  const voice = context.createGain()
  const meter = context.createAnalyser()
  meter.fftSize = 1024
  voice.connect(out)
  // A source of silence keeps the output running when nothing else is connected.
  const silence = context.createConstantSource()
  silence.offset.value = 0
  silence.connect(out)
  silence.start()
  const samples = new Float32Array(meter.fftSize)
  const inputs: Record<'microphone' | 'screen', MediaStreamAudioSourceNode | null> = {
    microphone: null,
    screen: null,
  }

  return {
    track: out.stream.getAudioTracks()[0] as MediaStreamTrack,
    set(input, track) {
      inputs[input]?.disconnect()
      inputs[input] = null
      if (!track) return
      const node = context.createMediaStreamSource(new MediaStream([track]))
      if (input === 'microphone') {
        node.connect(meter)
        node.connect(voice)
      } else node.connect(out)
      inputs[input] = node
    },
    mute(on) {
      // A short ramp: a cut in the middle of a wave is a click.
      voice.gain.setTargetAtTime(on ? 0 : 1, context.currentTime, 0.015)
    },
    level() {
      meter.getFloatTimeDomainData(samples)
      return loudness(samples)
    },
    wake() {
      if (context.state !== 'running') context.resume().catch(() => undefined)
    },
    onResumed(fn) {
      let wasRunning = false
      context.addEventListener('statechange', () => {
        if (context.state !== 'running') return
        if (wasRunning) fn()
        wasRunning = true
      })
    },
    stop: () => closeQuietly(context),
  }
}

/** Root mean square on a decibel scale, 0 (quiet) to 1 (full). */
export function loudness(samples: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2
  const db = 10 * Math.log10(sum / Math.max(1, samples.length))
  return Math.min(1, Math.max(0, 1 - db / QUIET_DB))
}

const closeQuietly = (context: AudioContext): void => {
  context.close().catch(() => undefined)
}

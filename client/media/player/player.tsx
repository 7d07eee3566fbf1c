// The picture of a live stream with its controls and what it says when there is no picture.
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Playback } from '../../../shared/api/streams.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import type { PassSource } from '../../pass.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { useAwake } from './awake.ts'
import { Controls } from './controls.tsx'
import type { Behind } from './delay-reports.ts'
import { PlayIcon, MutedIcon } from './icons.tsx'
import { WORDS, type Phase } from './phase.ts'
import { useShortcuts } from './shortcuts.ts'
import { useSession } from './use-session.ts'
import './player.css'

export type PlayerProps = {
  title: string
  playback: Playback
  passes: PassSource
  /** The same one for as long as the player is there. */
  behind: Behind
  /** The stream's state as the chat last said it. */
  streamState?: StreamState
  /** The page should be asked again for `playback`. */
  onStale?: () => void
  /** Shown over the empty picture before the stream: a countdown, say. */
  waiting?: ComponentChildren
  /** Under the words at the end of the stream. */
  over?: ComponentChildren
  /** Silent at first: browsers start no sound by themselves. */
  muted?: boolean
  onMuted?: (muted: boolean) => void
  /** How far this picture is behind, about once a second; null: not known. */
  onDelay?: (ms: number | null) => void
  /** Goes back by so many milliseconds from a picture that is `delay` behind; absent where that is not possible. */
  onBack?: ((ms: number, delay: number) => void) | undefined
}

const BACK_MS = 10_000

export function Player(props: PlayerProps) {
  const { title, playback, passes, streamState, onStale, waiting } = props
  const { over: after, onMuted, onDelay, onBack } = props
  const box = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const { phase, session, quality, choose } = useSession(
    video,
    playback,
    passes,
    streamState,
    props.behind,
    onStale,
  )
  const [muted, setMuted] = useState(props.muted ?? true)
  const { awake, stir } = useAwake()

  const toggle = useCallback(() => {
    if (phase === 'paused' || phase === 'blocked') session?.play()
    else session?.pause()
  }, [phase, session])
  const setSound = useCallback((on: boolean) => {
    if (video.current) video.current.muted = !on
    setMuted(!on)
    onMuted?.(!on)
  }, [])
  const back = onBack && (() => onBack(BACK_MS, session?.latency() ?? 0))
  useShortcuts(box, { toggle, mute: () => setSound(muted), stir, ...(back ? { back } : {}) })
  useEffect(() => {
    if (!session || !onDelay) return
    const timer = setInterval(() => onDelay(session.latency()), 1_000)
    return () => {
      clearInterval(timer)
      onDelay(null)
    }
  }, [session, onDelay])

  const showing = phase === 'playing' || phase === 'stalled'
  const over = phase === 'ended' || phase === 'refused' || phase === 'unsupported' || phase === 'waiting'
  return (
    <div
      ref={box}
      class={`player ${awake || !showing ? 'player-awake' : ''}`}
      role="region"
      aria-label={`Video: ${title}`}
      onPointerMove={stir}
      onPointerDown={stir}
      onFocusIn={stir}
    >
      <video ref={video} class="player-video" playsinline muted={muted} disableRemotePlayback tabindex={-1} />
      <Overlay phase={phase} waiting={waiting} after={after} onPlay={toggle} />
      {showing && muted && (
        <button type="button" class="player-unmute" onClick={() => setSound(true)}>
          <MutedIcon /> Tap to unmute
        </button>
      )}
      {!over && (
        <Controls
          box={box}
          video={video}
          session={session}
          paused={phase === 'paused' || phase === 'blocked'}
          live={showing}
          muted={muted}
          onToggle={toggle}
          onSound={setSound}
          onBack={back}
          quality={quality}
          playlist={playback.hls}
          onChoose={choose}
        />
      )}
    </div>
  )
}

function Overlay({
  phase,
  waiting,
  after,
  onPlay,
}: {
  phase: Phase
  waiting: ComponentChildren
  after: ComponentChildren
  onPlay: () => void
}) {
  const words = useSettled(phase)
  const press = phase === 'blocked' || phase === 'paused'
  return (
    <div class={`player-over ${words ? 'player-over-shown' : ''}`} role="status">
      {words && press && (
        <button type="button" class="player-big" onClick={onPlay}>
          <PlayIcon /> <span>{phase === 'paused' ? 'Play live' : words.title}</span>
        </button>
      )}
      {words && !press && (
        <>
          <p class="player-says">
            {words.busy && <Spinner />} {words.title}
          </p>
          {phase === 'waiting' && waiting ? waiting : words.more && <p>{words.more}</p>}
          {phase === 'ended' && after && <div class="player-after">{after}</div>}
        </>
      )}
    </div>
  )
}

/** Hiccups shorter than this are not worth a word. */
const HICCUP_MS = 400

function useSettled(phase: Phase) {
  const [settled, setSettled] = useState(phase)
  useEffect(() => {
    const wait = phase === 'stalled' || phase === 'line_lost' ? HICCUP_MS : 0
    const timer = setTimeout(() => setSettled(phase), wait)
    return () => clearTimeout(timer)
  }, [phase])
  return WORDS[settled]
}

// The bar under the picture: play, sound, how live it is, floating window, full screen.
import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useChunk } from '../../frame/chunk.ts'
import type { Choice, Quality } from './chooser.ts'
import { Loudness, View } from './bar-parts.tsx'
import { BackIcon, PauseIcon, PlayIcon } from './icons.tsx'
import type { Session } from './session.ts'

type ControlsProps = {
  box: RefObject<HTMLDivElement | null>
  video: RefObject<HTMLVideoElement | null>
  session: Session | null
  paused: boolean
  live: boolean
  muted: boolean
  onToggle: () => void
  onSound: (on: boolean) => void
  onBack: (() => void) | undefined
  /** Null: one size of the picture is all there is. */
  quality: Quality | null
  playlist: string
  onChoose: (choice: Choice) => void
}

const loadQuality = () => import('./quality.tsx')

export function Controls(props: ControlsProps) {
  const { box, video, paused, muted, live, session } = props
  const [volume, setVolume] = useState(1)
  const { quality } = props
  const menu = useChunk(loadQuality, quality !== null)
  const changeVolume = (value: number) => {
    if (video.current) video.current.volume = value
    setVolume(value)
    props.onSound(value > 0)
  }
  return (
    <div class="player-bar">
      <button
        type="button"
        class="player-button"
        onClick={props.onToggle}
        aria-label={paused ? 'Play, live (k)' : 'Pause (k)'}
      >
        {paused ? <PlayIcon /> : <PauseIcon />}
      </button>
      {props.onBack && (
        <button
          type="button"
          class="player-button"
          onClick={props.onBack}
          aria-label="Go back 10 seconds (left arrow)"
        >
          <BackIcon />
        </button>
      )}
      <Loudness muted={muted} volume={volume} onToggle={() => props.onSound(muted)} onVolume={changeVolume} />
      <LiveDelay session={session} live={live} />
      <span class="player-gap" />
      {quality && menu.value && (
        <menu.value.QualityMenu quality={quality} playlist={props.playlist} onChoose={props.onChoose} />
      )}
      <View box={box} video={video} />
    </div>
  )
}

/** How far behind the host this picture is, measured, not promised. */
function LiveDelay({ session, live }: { session: Session | null; live: boolean }) {
  const [ms, setMs] = useState<number | null>(null)
  useEffect(() => {
    const timer = setInterval(() => setMs(session?.latency() ?? null), 1_000)
    return () => clearInterval(timer)
  }, [session])
  if (!live) return null
  const delay = ms === null ? null : `${(ms / 1000).toFixed(1)} s`
  return (
    <span class="player-live" title={delay ? `${delay} behind the host` : undefined}>
      <span class="player-dot" aria-hidden="true" /> Live
      {delay && (
        <span class="player-delay">
          {delay} <span class="sr-only">behind the host</span>
        </span>
      )}
    </span>
  )
}

// What every bar under a picture has: its loudness, the floating window, full screen.
import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { FullIcon, MutedIcon, PipIcon, SmallIcon, SoundIcon } from './icons.tsx'
import { toggleFullscreen } from './shortcuts.ts'

type LoudnessProps = {
  muted: boolean
  /** 0 to 1. */
  volume: number
  onToggle: () => void
  onVolume: (volume: number) => void
}

export function Loudness({ muted, volume, onToggle, onVolume }: LoudnessProps) {
  const shown = muted ? 0 : volume
  return (
    <>
      <button
        type="button"
        class="player-button"
        onClick={onToggle}
        aria-label={muted ? 'Unmute (m)' : 'Mute (m)'}
      >
        {muted ? <MutedIcon /> : <SoundIcon />}
      </button>
      <input
        type="range"
        class="player-volume"
        min="0"
        max="1"
        step="0.05"
        value={shown}
        aria-label="Volume"
        aria-valuetext={`${Math.round(shown * 100)} %`}
        onInput={(event) => onVolume(event.currentTarget.valueAsNumber)}
      />
    </>
  )
}

type ViewProps = {
  box: RefObject<HTMLDivElement | null>
  video: RefObject<HTMLVideoElement | null>
}

export function View({ box, video }: ViewProps) {
  const full = useFullscreen()
  return (
    <>
      {document.pictureInPictureEnabled && (
        <button
          type="button"
          class="player-button player-pip"
          onClick={() => togglePip(video.current)}
          aria-label="Picture in picture"
        >
          <PipIcon />
        </button>
      )}
      <button
        type="button"
        class="player-button"
        onClick={() => box.current && toggleFullscreen(box.current)}
        aria-label={full ? 'Leave full screen (f)' : 'Full screen (f)'}
      >
        {full ? <SmallIcon /> : <FullIcon />}
      </button>
    </>
  )
}

function useFullscreen(): boolean {
  const [full, setFull] = useState(false)
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])
  return full
}

/** Refused before the first frame and in some embedded views; nothing is lost then. */
function togglePip(video: HTMLVideoElement | null): void {
  const done = document.pictureInPictureElement
    ? document.exitPictureInPicture()
    : video?.requestPictureInPicture()
  done?.catch(() => undefined)
}

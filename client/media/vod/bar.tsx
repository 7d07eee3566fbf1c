// The controls of a recording: where one is, play, sound, speed, floating window, full screen.
import type { ComponentChildren, RefObject } from 'preact'
import { useFullscreen, togglePip } from '../player/controls.tsx'
import { FullIcon, MutedIcon, PauseIcon, PipIcon, PlayIcon, SmallIcon, SoundIcon } from '../player/icons.tsx'
import { toggleFullscreen } from '../player/shortcuts.ts'
import type { Deck, DeckFacts } from './deck.ts'
import { RATES } from './keys.ts'
import { Seek } from './seek.tsx'
import type { Sound } from './use-sound.ts'
import type { Thumb } from './vtt.ts'

type BarProps = {
  box: RefObject<HTMLDivElement | null>
  video: RefObject<HTMLVideoElement | null>
  deck: Deck
  facts: DeckFacts
  thumbs: readonly Thumb[]
  sound: Sound
  rate: number
  says: (at: number) => string
  onRate: (rate: number) => void
  onToggle: () => void
  /** Beside the time. */
  children?: ComponentChildren
  /** Right of everything: what only its host may do. */
  tools?: ComponentChildren
}

export function Bar(props: BarProps) {
  const { box, video, deck, facts, thumbs, sound, rate, says } = props
  const full = useFullscreen()
  const position = deck.position()
  return (
    <div class="player-bar deck-bar">
      <Seek
        span={deck.span()}
        position={position}
        buffered={deck.buffered()}
        thumbs={thumbs}
        says={says}
        onSeek={deck.seek}
      />
      <div class="deck-buttons">
        <button
          type="button"
          class="player-button"
          onClick={props.onToggle}
          aria-label={facts.playing ? 'Pause (space)' : 'Play (space)'}
        >
          {facts.playing ? <PauseIcon /> : <PlayIcon />}
        </button>
        <button
          type="button"
          class="player-button"
          onClick={sound.toggle}
          aria-label={sound.muted ? 'Unmute (m)' : 'Mute (m)'}
        >
          {sound.muted ? <MutedIcon /> : <SoundIcon />}
        </button>
        <input
          type="range"
          class="player-volume"
          min="0"
          max="1"
          step="0.05"
          value={sound.muted ? 0 : sound.volume}
          aria-label="Volume"
          aria-valuetext={`${Math.round((sound.muted ? 0 : sound.volume) * 100)} %`}
          onInput={(event) => sound.set(event.currentTarget.valueAsNumber)}
        />
        <span class="deck-time">{says(position)}</span>
        {props.children}
        <span class="player-gap" />
        {props.tools}
        <select
          class="deck-rate"
          aria-label="Speed"
          value={String(rate)}
          onChange={(event) => props.onRate(Number(event.currentTarget.value))}
        >
          {RATES.map((one) => (
            <option key={one} value={String(one)}>
              {one}×
            </option>
          ))}
        </select>
        {document.pictureInPictureEnabled && (
          <button
            type="button"
            class="player-button deck-pip"
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
      </div>
    </div>
  )
}

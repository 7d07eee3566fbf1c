// The controls of a recording: where one is, play, sound, speed, floating window, full screen.
import type { ComponentChildren, RefObject } from 'preact'
import { Loudness, View } from '../player/bar-parts.tsx'
import { PauseIcon, PlayIcon } from '../player/icons.tsx'
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
        <Loudness muted={sound.muted} volume={sound.volume} onToggle={sound.toggle} onVolume={sound.set} />
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
        <View box={box} video={video} />
      </div>
    </div>
  )
}

// A picture that was filmed earlier, with its controls: what recordings and the rewound live picture share.
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { Spinner } from '../../ui/spinner.tsx'
import { useAwake } from '../player/awake.ts'
import { PlayIcon } from '../player/icons.tsx'
import { toggleFullscreen } from '../player/shortcuts.ts'
import '../player/player.css'
import { Bar } from './bar.tsx'
import type { Deck, DeckFacts, Stretch } from './deck.ts'
import { nextRate, type KeyAction } from './keys.ts'
import { useDeck, type DeckOptions } from './use-deck.ts'
import { useKeys } from './use-keys.ts'
import { useSound } from './use-sound.ts'
import type { Thumb } from './vtt.ts'
import { HICCUP_MS, SLOW_MS, wordsOf } from './words.ts'
import './vod.css'

export type Shown = { deck: Deck; facts: DeckFacts; tick: number }
type DeckBoxProps = DeckOptions & {
  title: string
  thumbs: readonly Thumb[]
  poster: string | null
  startMuted: boolean
  onMuted?: (muted: boolean) => void
  /** What a place is called. */
  says: (at: number, span: Stretch) => string
  /** Once, when the deck is there. */
  onDeck?: (deck: Deck) => void
  /** Over the picture before anything was fetched. */
  before?: (deck: Deck) => ComponentChildren
  /** Beside the time. */
  beside?: (shown: Shown) => ComponentChildren
  /** Right of everything else in the bar. */
  tools?: (shown: Shown) => ComponentChildren
  /** Instead of the controls. */
  instead?: ((shown: Shown) => ComponentChildren) | undefined
  onMoved?: (shown: Shown) => void
}

export function DeckBox(props: DeckBoxProps) {
  const { title, thumbs, poster, says, onDeck, onMoved } = props
  const box = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const { deck, facts, tick } = useDeck(video, props)
  const sound = useSound(video, props.startMuted)
  const [rate, setRate] = useState(1)
  const { awake, stir } = useAwake()
  useEffect(() => {
    if (deck) onDeck?.(deck)
  }, [deck])
  useEffect(() => {
    if (deck) onMoved?.({ deck, facts, tick })
  }, [deck, facts, tick])

  useEffect(() => props.onMuted?.(sound.muted), [sound.muted])

  const changeRate = useCallback(
    (next: number) => {
      setRate(next)
      deck?.setRate(next)
    },
    [deck],
  )
  const toggle = useCallback(() => {
    if (facts.playing) deck?.pause()
    else deck?.play()
  }, [deck, facts.playing])
  useKeys(box, (action: KeyAction) => {
    if (!deck) return
    stir()
    const { from, to } = deck.span()
    switch (action.is) {
      case 'toggle':
        toggle()
        break
      case 'mute':
        sound.toggle()
        break
      case 'full':
        if (box.current) toggleFullscreen(box.current)
        break
      case 'skip':
        deck.seek(deck.position() + action.ms)
        break
      case 'share':
        deck.seek(from + action.of * (to - from))
        break
      case 'louder':
        sound.set(sound.volume + action.by)
        break
      case 'faster':
        changeRate(nextRate(rate, action.by))
        break
    }
  })

  const still = !facts.playing || facts.starving
  return (
    <div
      ref={box}
      class={`player deck ${props.live ? 'deck-of-live' : ''} ${awake || still ? 'player-awake' : ''}`}
      role="region"
      aria-label={`Video: ${title}`}
      onPointerMove={stir}
      onPointerDown={stir}
      onFocusIn={stir}
    >
      <video
        ref={video}
        class="player-video"
        playsinline
        preload="auto"
        poster={poster ?? undefined}
        tabindex={-1}
        // A finger wakes the controls first; a mouse has them already.
        onClick={() => matchMedia('(hover: hover)').matches && toggle()}
      />
      {deck && facts.at === 'idle' && props.before && (
        <div class="player-over player-over-shown deck-before">{props.before(deck)}</div>
      )}
      {deck && <Over deck={deck} facts={facts} />}
      {deck &&
        facts.at !== 'idle' &&
        facts.at !== 'gone' &&
        facts.at !== 'unsupported' &&
        (props.instead ? (
          props.instead({ deck, facts, tick })
        ) : (
          <Bar
            box={box}
            video={video}
            deck={deck}
            facts={facts}
            thumbs={thumbs}
            sound={sound}
            rate={rate}
            says={(at) => says(at, deck.span())}
            onRate={changeRate}
            onToggle={toggle}
            tools={props.tools?.({ deck, facts, tick })}
          >
            {props.beside?.({ deck, facts, tick })}
          </Bar>
        ))}
    </div>
  )
}

function Over({ deck, facts }: { deck: Deck; facts: DeckFacts }) {
  const words = wordsOf(facts, useStarving(facts.starving || facts.at === 'loading'))
  const press = words?.offer && { play: 'Play', again: 'Watch again', retry: 'Try again' }[words.offer]
  return (
    <div class={`player-over ${words ? 'player-over-shown' : ''}`} role="status">
      {words && (
        <>
          <p class="player-says">
            {words.busy && <Spinner />} {words.title}
          </p>
          {words.more && <p>{words.more}</p>}
          {press && (
            <button
              type="button"
              class="player-big"
              onClick={() => (words.offer === 'retry' ? deck.retry() : deck.play())}
            >
              <PlayIcon /> <span>{press}</span>
            </button>
          )}
        </>
      )}
    </div>
  )
}

/** For how long nothing has come, as far as words depend on it. */
function useStarving(starving: boolean): number {
  const [ms, setMs] = useState(0)
  useEffect(() => {
    setMs(0)
    if (!starving) return
    const timers = [HICCUP_MS, SLOW_MS].map((after) => setTimeout(() => setMs(after), after))
    return () => timers.forEach(clearTimeout)
  }, [starving])
  return ms
}

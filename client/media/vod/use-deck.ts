// Ties a deck to a component, and tells the picture's moment to whoever goes along with it.
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { browserClock } from '../../clock.ts'
import type { Picture } from '../picture.ts'
import { createDeck, type Deck, type DeckFacts } from './deck.ts'
import type { Clip } from './joined.ts'
import { openReel } from './reel.ts'

export type DeckOptions = {
  clips: readonly Clip[]
  live: boolean
  picture: Picture
  renew: () => Promise<readonly Clip[] | null>
}
const IDLE: DeckFacts = { at: 'idle', playing: false, starving: false, over: false, blocked: false }

/** `tick` changes with every move of position or buffer. */
export function useDeck(ref: RefObject<HTMLVideoElement | null>, options: DeckOptions) {
  const [deck, setDeck] = useState<Deck | null>(null)
  const [facts, setFacts] = useState(IDLE)
  const [tick, setTick] = useState(0)
  const latest = useRef(options)
  latest.current = options
  const { clips, live, picture } = options
  useEffect(() => {
    const video = ref.current
    if (!video) return
    const made = createDeck({
      video,
      clips: latest.current.clips,
      live,
      open: openReel,
      renew: () => latest.current.renew(),
      clock: browserClock,
      fraction: Math.random,
      show: setFacts,
      moved() {
        setTick((count) => count + 1)
        const date = made.date()
        if (date !== null) picture.tell(date)
      },
    })
    setDeck(made)
    takeMediaKeys(made)
    return () => {
      made.stop()
      picture.tell(null)
    }
  }, [live, picture])
  const given = useRef(clips)
  useEffect(() => {
    if (given.current === clips) return
    given.current = clips
    deck?.replace(clips)
  }, [deck, clips])
  return { deck, facts, tick }
}

/** Keys on headsets, and the buttons of a floating window. */
function takeMediaKeys(deck: Deck): void {
  if (!('mediaSession' in navigator)) return
  const skip = (ms: number) => () => deck.seek(deck.position() + ms)
  navigator.mediaSession.setActionHandler('play', () => deck.play())
  navigator.mediaSession.setActionHandler('pause', () => deck.pause())
  navigator.mediaSession.setActionHandler('seekbackward', skip(-10_000))
  navigator.mediaSession.setActionHandler('seekforward', skip(10_000))
}

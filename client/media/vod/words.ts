// What a viewer is told while a recording does not play. Pure.
import type { DeckFacts } from './deck.ts'

export type Words = { title: string; more?: string; busy?: boolean; offer?: 'play' | 'again' | 'retry' }

/** Null: nothing lies over the picture. `longMs`: how long it has been starving. */
export function wordsOf(facts: DeckFacts, longMs: number): Words | null {
  switch (facts.at) {
    case 'gone':
      return { title: 'This is not there any more', more: 'It may have been deleted, or closed to you.' }
    case 'unsupported':
      return {
        title: 'This browser cannot play it',
        more: 'Update it, or open this page in Chrome, Edge, Firefox or Safari.',
      }
    case 'failed':
      return { title: 'The picture does not come through', offer: 'retry' }
    case 'idle':
      return null
    case 'loading':
      return { title: 'Loading', busy: true, ...(longMs >= SLOW_MS ? { more: SLOW } : {}) }
    case 'ready':
      break
  }
  if (facts.over) return { title: 'That was all', offer: 'again' }
  if (facts.blocked) return { title: 'Tap to play', offer: 'play' }
  if (!facts.starving || longMs < HICCUP_MS) return null
  return { title: 'Loading', busy: true, ...(longMs >= SLOW_MS ? { more: SLOW } : {}) }
}

/** Shorter ones are not worth a word. */
export const HICCUP_MS = 400
export const SLOW_MS = 6_000
const SLOW = 'Your connection is slow. It goes on as soon as enough has come.'

// P29: what a replay shows of the room: public words that are there now, pins, and what the system said. Pure.
import type { Entry } from '../../shared/protocol/events.ts'

/** A deleted message is left out whole, and so is the pin of one. */
export function replayed({ event }: Entry): boolean {
  switch (event.type) {
    case 'said':
    case 'pinned':
      return event.message.text !== null
    case 'unpinned':
    case 'slowed':
    case 'stream':
    case 'ruled':
      return true
    case 'deleted':
    case 'whispered':
    case 'notice':
    case 'held':
    case 'settled':
    case 'reported':
    case 'resolved':
    case 'moderated':
      return false
  }
}

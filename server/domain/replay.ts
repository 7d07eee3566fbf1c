// P29: what a replay shows of the room: public words that are there now, pins, and what the system said. Pure.
import type { Entry } from '../../shared/protocol/events.ts'

/** As a list, empty for what stays out. A deleted message is left out whole. The pin of one took the place of the
 * pin before it, and so leaves an empty place instead of nothing. */
export function replayed(entry: Entry): Entry[] {
  const { event } = entry
  switch (event.type) {
    case 'said':
      return event.message.text === null ? [] : [entry]
    case 'pinned':
      return event.message.text === null
        ? [{ ...entry, event: { type: 'unpinned', ver: event.ver } }]
        : [entry]
    case 'unpinned':
    case 'slowed':
    case 'stream':
    case 'ruled':
      return [entry]
    case 'deleted':
    case 'whispered':
    case 'notice':
    case 'held':
    case 'settled':
    case 'reported':
    case 'resolved':
    case 'moderated':
      return []
  }
}

// Who this browser is to the server, and what a page says when that became somebody else without its doing.
import type { Pass } from '../../shared/api/streams.ts'

/** Whose pass it is. */
export type Holder = Pass['person']

/** `goOn` is what the button says that goes on as the new one. */
export function succession(before: Holder, now: Holder): { says: string; goOn: string } {
  if (now.guest && !before.guest) return { says: 'You are signed out in this browser.', goOn: 'Go on' }
  return { says: `You are now ${now.name} in this browser.`, goOn: `Go on as ${now.name}` }
}

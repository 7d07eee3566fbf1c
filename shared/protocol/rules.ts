// The rules of a room: who may write in it, and what becomes of what they write.
import type { Rules } from './events.ts'

/** As a new stream begins: everyone may write, and nothing waits. */
export const OPEN_RULES: Rules = {
  who: 'everyone',
  minAgeSeconds: 0,
  links: 'allowed',
  review: false,
  duplicateSeconds: 0,
  delaySeconds: 0,
}

// What a key is known by: the same for the same key, and of no use for finding or replacing it.
import { createHmac, type KeyObject } from 'node:crypto'

/** Hex. Blanks keep the text apart from anything that is ever signed as a token. */
export const markOf = (key: KeyObject): string =>
  createHmac('sha256', key).update('the mark of this key').digest('hex')

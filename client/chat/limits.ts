// How much of a text is left, counted on the text as it will be stored. Code points alone: none has more than
// four bytes, so a text within 500 of them is within 2,000 bytes (a test holds the two limits to that).
import { LIMITS } from '../../shared/protocol/limits.ts'

/** The counter appears this close to the end. */
const NEAR = 60

export function textLeft(text: string): { left: number; near: boolean; over: boolean } {
  const left = LIMITS.textChars - Array.from(text.trim().normalize('NFC')).length
  return { left, near: left <= NEAR, over: left < 0 }
}

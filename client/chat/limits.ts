// How much of a text is left, by both of the server's measures, counted on the text as it will be stored.
import { LIMITS } from '../../shared/protocol/limits.ts'

const SHOWN_AT_CHARS = 60
const SHOWN_AT_BYTES = 240

export type Room = { left: number; unit: 'characters' | 'bytes'; over: boolean; near: boolean }

/** The measure that is nearer to its end. */
export function roomLeft(text: string): Room {
  const stored = text.trim().normalize('NFC')
  const chars = LIMITS.textChars - Array.from(stored).length
  const bytes = LIMITS.textBytes - new TextEncoder().encode(stored).length
  const byBytes = bytes / LIMITS.textBytes < chars / LIMITS.textChars
  return {
    left: byBytes ? bytes : chars,
    unit: byBytes ? 'bytes' : 'characters',
    over: chars < 0 || bytes < 0,
    near: chars <= SHOWN_AT_CHARS || bytes <= SHOWN_AT_BYTES,
  }
}

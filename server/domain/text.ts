// What a chat text may be (M4). Text is normalised here, before the queue: what is hashed, stored and shown is
// the same string.
import { LIMITS } from '../../shared/protocol/limits.ts'
import { deny, ok } from '../../shared/protocol/errors.ts'
import type { Result } from '../../shared/protocol/errors.ts'

/** Controls but the line feed, and halves of surrogate pairs (which UTF-8 and Postgres cannot hold). */
const FORBIDDEN = /[^\P{Cc}\n]|\p{Cs}/u
/** Letters that draw nothing: fillers that Unicode counts as visible, joiners, selectors, spaces. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Z}\s\u2800]/gu
/** Two or more empty lines in a row: a wall of them would push everyone else's words off the screen. */
const BLANK_RUN = /\n(?:[^\S\n]*\n){2,}/g

/** The text as it will be stored, or why not. */
export function chatText(raw: string): Result<string> {
  const text = raw.replaceAll('\r\n', '\n').normalize('NFC').trim().replace(BLANK_RUN, '\n\n')
  if (FORBIDDEN.test(text)) return deny('text_forbidden', { field: 'text' })
  if (!draws(text)) return deny('text_empty', { field: 'text' })
  if (codePoints(text) > LIMITS.textChars || utf8Bytes(text) > LIMITS.textBytes)
    return deny('text_too_long', { field: 'text' })
  return ok(text)
}

/** False for text that would be an empty line on a screen. */
export const draws = (text: string): boolean => text.replace(INVISIBLE, '') !== ''

export function codePoints(text: string): number {
  let count = 0
  for (const point of text) count += point.length > 0 ? 1 : 0
  return count
}

/** Length in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (const point of text) {
    const code = point.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

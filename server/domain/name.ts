// What a display name may be. Names stand next to the words of others, so nothing that reorders, hides or
// imitates emptiness is let in.
import { LIMITS } from '../../shared/protocol/limits.ts'
import { deny, ok } from '../../shared/protocol/errors.ts'
import type { Result } from '../../shared/protocol/errors.ts'
import { codePoints, draws } from './text.ts'

/** Controls, bidi and zero-width format characters, surrogate halves, private use, line separators, letters that
 * draw nothing. The selector that makes a heart red may stay. */
const FORBIDDEN = /(?!\ufe0f)[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u2800]/u

export function displayName(raw: string): Result<string> {
  const trimmed = raw.normalize('NFC').trim()
  const name = trimmed.replace(/\s+/g, ' ')
  // Looked for before whitespace is made one: a tab and a byte order mark count as whitespace too.
  if (FORBIDDEN.test(trimmed) || !draws(name) || codePoints(name) > LIMITS.nameChars)
    return deny('bad_request', { field: 'name' })
  return ok(name)
}

/** A name for somebody who gave none. `fraction` is in [0, 1). */
export function guestName(fraction: number): string {
  return `Guest ${1_000 + Math.floor(fraction * 9_000)}`
}

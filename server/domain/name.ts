// What a display name may be. Names stand next to the words of others, so nothing that reorders, hides or
// imitates emptiness is let in.
import { LIMITS } from '../../shared/protocol/limits.ts'
import { deny, ok } from '../../shared/protocol/errors.ts'
import type { Result } from '../../shared/protocol/errors.ts'
import { codePoints } from './text.ts'

/** Controls, bidi and zero-width format characters, surrogate halves, private use, line separators, fillers. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u034f\u115f\u1160\u2800\u3164\uffa0]/u

export function displayName(raw: string): Result<string> {
  const name = raw.normalize('NFC').trim().replace(/\s+/g, ' ')
  const length = codePoints(name)
  if (length === 0 || length > LIMITS.nameChars || FORBIDDEN.test(name))
    return deny('bad_request', { field: 'name' })
  return ok(name)
}

/** A name for somebody who gave none. `fraction` is in [0, 1). */
export function guestName(fraction: number): string {
  return `Guest ${1_000 + Math.floor(fraction * 9_000)}`
}

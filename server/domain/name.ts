// What a display name may be (P23, P24). Names stand next to the words of others, so nothing that reorders, hides or
// imitates emptiness is let in, nothing that looks like the badge the server puts beside a name, and no word that
// claims an office.
import { LIMITS } from '../../shared/protocol/limits.ts'
import { deny, ok } from '../../shared/protocol/errors.ts'
import type { Result } from '../../shared/protocol/errors.ts'
import { bare, skeleton } from './confusable.ts'
import { codePoints, draws } from './text.ts'

/** `skeleton` is kept beside the name, to find who looks like whom. */
export type Name = { name: string; skeleton: string }

/** Controls, bidi and zero-width format characters, surrogate halves, private use, line separators, letters that
 * draw nothing. The selector that makes a heart red may stay. */
const FORBIDDEN = /(?!\ufe0f)[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u2800]/u

/** Check marks, crowns and chess kings, shields, stars, swords, rosettes and medals, marks of ownership: what sites
 * put beside the names of those who have a say. */
const BADGES =
  /[\u2611\u2705\u2713\u2714\u{1f5f8}\u{1f5f9}\u{1f451}\u2654\u2655\u265a\u265b\u{1fa75}\u{1f6e1}\u26e8\u{1f530}\u2605\u2606\u2b50\u2b51\u2b52\u{1f31f}\u{1f320}\u2726-\u2749\u22c6\u235f\u269d\u{1f7c0}-\u{1f7d8}\u2694\u{1f5e1}\u{1f3f5}\u{1f396}\u{1f3c5}\u{1f947}\u269c\u{1f531}\u2122\u2120\xae\xa9]/u

const OFFICES = new Set(
  ['host', 'moderator', 'mod', 'admin', 'administrator', 'system', 'stagedoor', 'support'].map(skeleton),
)

/** Refuses `bad_request` with the field, or `name_reserved` for a claim to an office: as a whole however it is spaced,
 * or as one of its words. */
export function displayName(raw: string): Result<Name> {
  const trimmed = raw.normalize('NFC').trim()
  const name = trimmed.replace(/\s+/g, ' ')
  // Looked for before whitespace is made one: a tab and a byte order mark count as whitespace too.
  if (FORBIDDEN.test(trimmed) || BADGES.test(trimmed) || !draws(name) || codePoints(name) > LIMITS.nameChars)
    return deny('bad_request', { field: 'name' })
  const whole = skeleton(name)
  const words = bare(name).split(/[^\p{L}\p{N}\p{M}|]+/u)
  if ([whole, ...words.map(skeleton)].some((word) => OFFICES.has(word)))
    return deny('name_reserved', { field: 'name' })
  return ok({ name, skeleton: whole })
}

/** A name for somebody who gave none. `fraction` is in [0, 1). */
export function guestName(fraction: number): Name {
  const name = `Guest ${1_000 + Math.floor(fraction * 9_000)}`
  return { name, skeleton: skeleton(name) }
}

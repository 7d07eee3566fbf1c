// What a title and a description may be: shown large and to everybody, so nothing that hides or reorders.
import { deny, ok, type Result } from '../../shared/protocol/errors.ts'

/** Controls, bidi and zero-width format characters but the joiner, halves of surrogate pairs, separators. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u

export function titleText(raw: string): Result<string> {
  const title = raw.normalize('NFC').trim()
  return title === '' || FORBIDDEN.test(title) ? deny('bad_request', { field: 'title' }) : ok(title)
}

/** Lines are kept. */
export function descriptionText(raw: string): Result<string> {
  const text = raw.replaceAll('\r\n', '\n').normalize('NFC').trim()
  return FORBIDDEN.test(text.replaceAll('\n', ' ')) ? deny('bad_request', { field: 'description' }) : ok(text)
}

// What somebody writes about a person or a message: why they were banned, what a reporter adds, a note. Held to the
// measure of chat texts (text.ts); each with a length of its own.
import { deny, ok } from '../../shared/protocol/errors.ts'
import type { Result } from '../../shared/protocol/errors.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { chatText, codePoints } from './text.ts'

/** At most `most` code points; a refusal names `field`. */
export function remark(raw: string, field: string, most: number): Result<string> {
  const text = chatText(raw)
  if (!text.ok) return deny(text.denial.code, { field })
  return codePoints(text.value) > most ? deny('text_too_long', { field }) : text
}

/** One that may be left out: nothing, or nothing to be seen, is none. */
export function reason(raw: string | undefined, field: string): Result<string | undefined> {
  const text = remark(raw ?? '', field, LIMITS.reasonChars)
  return !text.ok && text.denial.code === 'text_empty' ? ok(undefined) : text
}

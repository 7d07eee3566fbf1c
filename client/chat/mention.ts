// Names in a text: who is meant, and what to offer while one is typed.
import type { PrincipalId } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/events.ts'

const OFFERED = 6
const REMEMBERED = 100

/** Who spoke, the latest first; `you` left out. */
export function recentNames(entries: readonly Entry[], you: PrincipalId | undefined): string[] {
  const names = new Set<string>()
  for (let at = entries.length - 1; at >= 0 && names.size < REMEMBERED; at--) {
    const event = entries[at]?.event
    if (event?.type === 'said' && event.message.author.id !== you) names.add(event.message.author.name)
  }
  return [...names]
}

export type Piece = { text: string; mention: boolean }

/** Cuts `@Name` out of a text for the names given. The longest name wins, and it ends where a word ends. */
export function mentionsIn(text: string, names: readonly string[]): Piece[] {
  const pieces: Piece[] = []
  const longestFirst = [...names].sort((one, other) => other.length - one.length)
  let plain = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const name = startsWord(text, at) ? longestFirst.find((one) => isAt(text, at + 1, one)) : undefined
    if (name === undefined) continue
    if (at > plain) pieces.push({ text: text.slice(plain, at), mention: false })
    plain = at + 1 + name.length
    pieces.push({ text: text.slice(at, plain), mention: true })
    at = plain - 1
  }
  if (plain < text.length) pieces.push({ text: text.slice(plain), mention: false })
  return pieces
}

export function mentions(text: string, name: string): boolean {
  return mentionsIn(text, [name]).some(({ mention }) => mention)
}

const startsWord = (text: string, at: number) => at === 0 || /[\s(]/.test(text.charAt(at - 1))

function isAt(text: string, at: number, name: string): boolean {
  const end = at + name.length
  const next = text.charAt(end)
  const same = text.slice(at, end).toLowerCase() === name.toLowerCase()
  return same && name !== '' && !/[\p{L}\p{N}]/u.test(next)
}

/** The name being typed at the caret, if one is. */
export function typedName(text: string, caret: number): { from: number; query: string } | null {
  const from = text.lastIndexOf('@', caret - 1)
  if (from < 0 || !startsWord(text, from)) return null
  const query = text.slice(from + 1, caret)
  return query.length <= 32 && !/[\n@]/.test(query) ? { from, query } : null
}

/** Nothing once a name stands there whole: Enter then sends. */
export function offeredNames(names: readonly string[], query: string): string[] {
  const wanted = query.toLowerCase()
  const offered = names.filter((name) => name.toLowerCase().startsWith(wanted)).slice(0, OFFERED)
  return offered.length === 1 && offered[0]?.toLowerCase() === wanted ? [] : offered
}

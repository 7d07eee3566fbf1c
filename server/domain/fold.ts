// A text as its reader hears it, whatever it is written with: for blocked terms in words, for repeats in one piece.
import { bare, oneCase, unmasked } from './confusable.ts'

/** Signs and digits that stand for letters. A 1 is an i or an l: only the word knows. */
const SIGNS: Record<string, string> = { '@': 'a', $: 's', '€': 'e' }
const DIGITS: Record<string, string> = { 0: 'o', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b' }
/** Between letters these are letters, elsewhere punctuation: "sh!t", but "Hi!". */
const INNER = /(?<=[\p{L}\p{N}@$€])[!|+](?=[\p{L}\p{N}@$€])/gu
const LETTER = /\p{L}/u
/** Without any of these a text is read as it is written. */
const DISGUISED = /[0-8@$€]|\p{Ll}I|[^\s!|+][!|+][^\s!|+]/u
const NOT_WORD = /[^\p{L}\p{N}\p{M}]+/gu
/** In a pattern the star is part of a word. */
const NOT_PATTERN = /[^\p{L}\p{N}\p{M}*]+/gu

/** Between spaces. A word that mixes scripts is read by its looks first: a Cyrillic capital among Latin letters. */
function letters(chunk: string): string {
  const mixed = /[a-z]/i.test(chunk)
  return oneCase(unmasked(oneCase(mixed ? unmasked(chunk) : chunk)))
}

/** Numbers stay numbers: digits are letters only beside letters. */
function undisguised(chunk: string, stroke: 'i' | 'l'): string {
  const open = chunk.replace(INNER, (sign) => (sign === '+' ? 't' : '1'))
  const signs = open.replace(/[@$€]/g, (sign) => SIGNS[sign] ?? sign)
  if (!LETTER.test(open)) return signs
  return signs.replace(/[034578]/g, (digit) => DIGITS[digit] ?? digit).replaceAll('1', stroke)
}

type Read = (chunk: string) => string
const asWritten: Read = letters
const asDisguised: Read = (chunk) => letters(undisguised(chunk, 'i'))
/** A capital I inside a word is an l in most typefaces. */
const asTall: Read = (chunk) => letters(undisguised(chunk.replace(/(?<=\p{Ll})I/gu, 'l'), 'l'))

const chunksOf = (text: string): string[] => bare(text).split(/\s+/).filter(Boolean)
const partsOf = (word: string, border: RegExp): string[] => word.split(border).filter(Boolean)

/** The lists of words a text can be read as, all different: as written and with its disguises taken off, each cut at
 * punctuation ("well-known" is two) and not cut ("s.p.a.m" is one). At most six; one for plain words. */
export function readings(text: string): string[][] {
  const chunks = chunksOf(text)
  const reads = chunks.some((chunk) => DISGUISED.test(chunk)) ? [asWritten, asDisguised, asTall] : [asWritten]
  const lists = reads.flatMap((read) => {
    const parts = chunks.map((chunk) => partsOf(read(chunk), NOT_WORD))
    return [parts.flat(), parts.map((words) => words.join('')).filter(Boolean)]
  })
  return [...new Map(lists.map((words) => [words.join(' '), words])).values()]
}

/** The lists of words a pattern means: cut at punctuation, and not cut. */
export function patternWords(pattern: string): string[][] {
  const parts = chunksOf(pattern).map((chunk) => partsOf(asDisguised(chunk), NOT_PATTERN))
  const lists = [parts.flat(), parts.map((words) => words.join('')).filter(Boolean)]
  return [...new Map(lists.map((words) => [words.join(' '), words])).values()]
}

/** What is neither letter nor digit nor space in it: emoji and the like. */
export const signsOf = (text: string): string => bare(text).replace(/[\p{L}\p{N}\p{M}\s]+/gu, '')

const [OTHER, LATIN, DIGIT, SPACE, BANG, POINT] = [0, 1, 2, 3, 4, 5]
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code)
  if (/[a-z]/i.test(sign)) return LATIN
  if (/[0-9]/.test(sign)) return DIGIT
  if (/[ \n\t]/.test(sign)) return SPACE
  if (sign === '!') return BANG
  return /[.,?'";:()/&%#*_-]/.test(sign) ? POINT : OTHER
})

/** Nothing in it is written with anything but itself: ASCII, no sign that may be a letter, no word of letters and
 * digits. Most of what is said is, and the rest costs ten times as much. */
function isPlain(text: string): boolean {
  let letters = false
  let digits = false
  for (let i = 0; i < text.length; i++) {
    switch (KINDS[text.charCodeAt(i)] ?? OTHER) {
      case LATIN:
        letters = true
        break
      case DIGIT:
        digits = true
        break
      case SPACE:
        letters = digits = false
        break
      case BANG:
        // Between letters it is one.
        if (i + 1 < text.length && (KINDS[text.charCodeAt(i + 1)] ?? OTHER) <= DIGIT) return false
        break
      case OTHER:
        return false
    }
    if (letters && digits) return false
  }
  return true
}

/** One piece without what a repeater varies: case, accents, spaces, punctuation, invisible and look-alike letters,
 * disguises, repeated letters. Numbers of their own count, so that "vote 1" is not "vote 2". Signs count when there
 * is nothing else. Empty for nothing that draws. */
export function fold(text: string): string {
  const plain = isPlain(text) ? text.toLowerCase().replace(/[^a-z0-9]+/g, '') : ''
  if (plain !== '') return plain.replace(/([a-z])\1+/g, '$1')
  return foldAny(text)
}

/** The same for any text: what `fold` must answer. */
export function foldAny(text: string): string {
  const words = chunksOf(text)
    .map((chunk) => asDisguised(chunk).replace(NOT_WORD, ''))
    .join('')
  return (words || signsOf(text)).replace(/(\P{N})\1+/gu, '$1')
}

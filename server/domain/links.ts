// Whether a text holds a link: what the page would make one, and the same written around that. The finder is the one
// the page uses, so what is clickable and what is refused are one thing.
import { tokenize } from 'linkifyjs'
import { ASCII, bare, unmasked } from './confusable.ts'

/** "example[.]com", "example (dot) com": nobody writes a dot so for another reason. Bounded, so that it is linear. */
const BOXED_DOT = /\s{0,2}[[({<]\s{0,2}(?:\.|dot|punkt|point)\s{0,2}[\])}>]\s{0,2}/giu
/** The full stop of Chinese and Japanese is a dot to browsers; between Latin letters it is one here. */
const WIDE_DOT = /(?<=[a-z0-9])。(?=[a-z0-9])/giu
const MASKED_SCHEME = /\bh(?:xx|\*\*|tt)p(s?)\s?:\s?\/\//giu

/** Most messages have none of these, and then no address: the finder is the dearest part of a message. */
const ADDRESSED = /[.:。]|dot|punkt|point|localhost/iu
/** In ASCII, where nothing can look like a dot: the full stop of a sentence has nothing behind it, that of an address
 * has, or stands in a box. */
const ADDRESSED_ASCII = /[.:]\S|[[({<]\s{0,2}\.|:\s?\/|dot|punkt|point|localhost/i

/** E-mail addresses are none: they lead to a person, and the page leaves them text. */
export const hasLink = (text: string): boolean =>
  (ASCII.test(text) ? ADDRESSED_ASCII.test(text) : ADDRESSED.test(bare(text))) && findsLink(text)

/** The same for any text: what `hasLink` must answer. */
export function findsLink(text: string): boolean {
  const written = text.replace(/\bmailto:/giu, ' ')
  const plain = bare(written)
    .replace(BOXED_DOT, '.')
    .replace(WIDE_DOT, '.')
    .replace(MASKED_SCHEME, 'http$1://')
  return [...new Set([written, plain, unmaskedWords(plain)])].some(isLinked)
}

const isLinked = (text: string): boolean => tokenize(text).some((token) => token.isLink && token.t === 'url')

/** Words of Latin letters among which others hide. Whole words of another script stay: their full stops are no dots
 * of addresses. */
const unmaskedWords = (text: string): string =>
  text
    .split(/(\s+)/)
    .map((word) => (/[a-z]/i.test(word) ? unmasked(word) : word))
    .join('')

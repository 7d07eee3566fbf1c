// A stream's address, made from its title.
import { LIMITS } from '../../shared/protocol/limits.ts'

/** First parts of paths the server itself uses, and names that would look official. */
const RESERVED = new Set(
  (
    'about account admin api app assets chat embed favicon guest healthz help home host ingest invite live ' +
    'login logout me media metrics moderator new null overlay push readyz robots settings sign-in sign-up ' +
    'signin signup stagedoor static stream streams studio support undefined watch www'
  ).split(' '),
)

/** Letters that do not fall apart into a base letter and an accent. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ð: 'd',
  đ: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
}

export const isReserved = (slug: string): boolean => RESERVED.has(slug)

/** Never empty and never reserved; not necessarily free. */
export function slugOf(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[ßæœøðđþłħıŋ]/g, (letter) => LETTERS[letter] ?? '')
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
  const slug = shorten(plain.replace(/^-|-$/g, ''), LIMITS.slugChars)
  if (slug === '') return 'show'
  return isReserved(slug) ? `${slug}-show` : slug
}

/** The next candidate when a slug is taken: `tea-time`, `tea-time-2`, `tea-time-3`... */
export function numbered(slug: string, n: number): string {
  const suffix = `-${n}`
  return shorten(slug, LIMITS.slugChars - suffix.length) + suffix
}

/** Cuts at a dash where there is one in the second half, so that words stay whole. */
function shorten(slug: string, max: number): string {
  if (slug.length <= max) return slug
  const cut = slug.slice(0, max + 1)
  const dash = cut.lastIndexOf('-')
  return (dash > max / 2 ? cut.slice(0, dash) : slug.slice(0, max)).replace(/-$/, '')
}

// What the eye takes for the same. Unicode's table of confusable characters (UTS #39) under the tricks it does not
// cover: marks over letters, characters that draw nothing, letters in boxes, capitals of the other script.
import unhomoglyph from 'unhomoglyph'

/** What draws nothing, and what is drawn over the letter before it. The voicing marks of kana make other letters. */
const TRICKS = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]|(?![\u3099\u309a])\p{Script=Inherited}/gu
export const ASCII = /^[\0-\x7f]*$/
const BEYOND_ASCII = /[^\0-\x7f]+/g

/** Styled letters that neither NFKC nor the table takes to the plain one: small capitals, and white on black. */
const SMALL_CAPITALS = 'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡ\u0000ʏᴢ'
const WHITE_ON_BLACK = [0x1f150, 0x1f170]
const STYLED = new Map<string, string>(
  Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i)).flatMap((letter, i) => [
    [Array.from(SMALL_CAPITALS)[i] ?? letter, letter] as const,
    ...WHITE_ON_BLACK.map((first) => [String.fromCodePoint(first + i), letter] as const),
  ]),
)
const ANY_STYLED = new RegExp(`[${[...STYLED.keys()].filter((key) => key !== '\0').join('')}]`, 'gu')

/** The text in compatibility letters, without marks and without what draws nothing. White space stays. */
export function bare(text: string): string {
  if (ASCII.test(text)) return text
  return text.normalize('NFKD').replace(TRICKS, '').replace(ANY_STYLED, unstyled).normalize('NFC')
}

const unstyled = (letter: string): string => STYLED.get(letter) ?? letter

/** One case for all: full folding, so that ß is ss and both sigmas are one. */
export const oneCase = (text: string): string =>
  ASCII.test(text) ? text.toLowerCase() : text.toUpperCase().toLowerCase().replaceAll('ς', 'σ')

/** Letters of other scripts as the ones they look like, in the case they are in. ASCII stays. */
export const unmasked = (text: string): string =>
  ASCII.test(text)
    ? text
    : text.replace(BEYOND_ASCII, (masked) =>
        unhomoglyph(masked).normalize('NFKD').replace(TRICKS, '').normalize('NFC'),
      )

/** A small letter that looks like nothing may have a capital that does: т as small T. */
function plain(letter: string): string {
  const same = unmasked(letter).replace(ANY_STYLED, unstyled)
  if (ASCII.test(same)) return same
  const capital = unmasked(letter.toUpperCase())
  return ASCII.test(capital) ? capital.toLowerCase() : same
}

/** What two names have in common when one can be taken for the other. Never empty for a name that draws anything.
 * Looks first and case second, because in a name a capital I is a small l; then i and l are one altogether. Not
 * covered: words added around a name, and letters that only resemble each other in one typeface. */
export function skeleton(name: string): string {
  const seen = oneCase(unmasked(bare(name).replaceAll('|', 'l')))
  const letters = Array.from(seen).filter((point) => /[\p{L}\p{N}\p{M}]/u.test(point))
  // A name of signs alone is known by its signs.
  const kept = letters.length > 0 ? letters : Array.from(seen.replace(/\s+/g, ''))
  return kept
    .map(plain)
    .join('')
    .replace(/[i1]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
}

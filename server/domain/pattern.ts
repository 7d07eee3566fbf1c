// One blocked pattern as a machine over letters: every letter of a text costs one step, whatever the pattern. All
// positions in the pattern that the letters so far can have led to are bits of two 32-bit numbers (Shift-And).

/** A letter of a text, or the border between two words (null). `stretched`: it stands there three times or more. */
export type Letter = { of: string; stretched: boolean } | null

/** Letters and borders of a pattern; folding can make more of them than were typed. */
export const MOST_POSITIONS = 64
/** Nobody needs a letter more than three times, and whoever writes it so may mean it once. */
const MOST_REPEATS = 3
const LONG_RUN = /(.)\1{3,}/gu

/** Scripts without spaces, or with endings written onto the word: there a pattern may stand inside. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u

export type Pattern = {
  /** Every letter it needs is in this, as bits: a text without them need not be walked. */
  signature: number
  /** Whether it may begin or end inside a word. */
  inside: boolean
  /** `apart`: every letter is a word of its own, so a word may begin and end at each. Counts its steps into `tally`. */
  within(letters: readonly Letter[], apart: boolean, tally: { steps: number }): boolean
}

export const signatureOf = (text: Iterable<string>): number => {
  let bits = 0
  for (const letter of text) bits |= 1 << ((letter.codePointAt(0) ?? 0) % 31)
  return bits
}

/** Words as letters with borders between them; more than three of the same are one stretched letter. */
export function lettersOf(words: readonly string[]): Letter[] {
  return words.flatMap((word, i): Letter[] => [...(i === 0 ? [] : [null]), ...runsOf(word)])
}

function runsOf(word: string): Letter[] {
  const letters: Letter[] = []
  const points = Array.from(word)
  for (let from = 0, to = 0; from < points.length; from = to) {
    const of = points[from] ?? ''
    while (points[to] === of) to++
    const stretched = to - from >= MOST_REPEATS
    for (let n = stretched ? 1 : to - from; n > 0; n--) letters.push({ of, stretched })
  }
  return letters
}

/** `words`: of fold.ts, with stars. Null when it has more positions than fit. */
export function patternOf(words: readonly string[]): Pattern | null {
  const joined = words.join(' ').replace(LONG_RUN, '$1$1$1')
  const inner = joined.replace(/^\*+|\*+$/g, '')
  const needed = Array.from(inner).filter((letter) => letter !== '*')
  const [first = '', last = ''] = [needed[0], needed.at(-1)]
  const beginsInside = joined.startsWith('*') || UNSPACED.test(first)
  const endsInside = joined.endsWith('*') || UNSPACED.test(last)
  if (needed.length === 0 || needed.length > MOST_POSITIONS) return null
  const masks = new Map<string, { low: number; high: number }>()
  let [loopsLow, loopsHigh, at] = [0, 0, 0]
  for (const letter of inner) {
    if (letter === '*') {
      // After `at` positions any letters may follow: the bit of the last one stays set.
      if (at <= 32) loopsLow |= 1 << (at - 1)
      else loopsHigh |= 1 << (at - 33)
    } else {
      const mask = masks.get(letter) ?? { low: 0, high: 0 }
      if (at < 32) mask.low |= 1 << at
      else mask.high |= 1 << (at - 32)
      masks.set(letter, mask)
      at++
    }
  }
  const [endLow, endHigh] = at <= 32 ? [1 << (at - 1), 0] : [0, 1 << (at - 33)]
  const none = { low: 0, high: 0 }

  function within(letters: readonly Letter[], apart: boolean, tally: { steps: number }): boolean {
    let [low, high] = [0, 0]
    for (let i = 0; i < letters.length; i++) {
      tally.steps++
      const letter = letters[i] ?? null
      const { low: inLow, high: inHigh } = masks.get(letter?.of ?? ' ') ?? none
      const begins = apart || beginsInside || i === 0 || letters[i - 1] === null
      let nextLow = ((low << 1) | (begins ? 1 : 0)) & inLow
      let nextHigh = ((high << 1) | (low >>> 31)) & inHigh
      // A stretched letter is one, two or three of the pattern's.
      for (let more = letter?.stretched ? MOST_REPEATS - 1 : 0; more > 0; more--) {
        nextHigh |= ((nextHigh << 1) | (nextLow >>> 31)) & inHigh
        nextLow |= (nextLow << 1) & inLow
      }
      // A star never leaves its word.
      low = letter ? nextLow | (low & loopsLow) : nextLow
      high = letter ? nextHigh | (high & loopsHigh) : nextHigh
      if ((low & endLow) === 0 && (high & endHigh) === 0) continue
      if (apart || endsInside || i === letters.length - 1 || letters[i + 1] === null) return true
    }
    return false
  }

  return { signature: signatureOf(needed), inside: beginsInside || endsInside, within }
}

// Blocked terms: what a pattern may be, and which of them a text holds (P25). A pattern is words as they are, or with
// `*` for any letters of one word. A plain word is blocked as a word, never inside another; in scripts without spaces
// it is found inside. What a disguise is, fold.ts says; what a machine costs, pattern.ts.
import { LIMITS } from '../../shared/protocol/limits.ts'
import { deny, ok } from '../../shared/protocol/errors.ts'
import type { Result } from '../../shared/protocol/errors.ts'
import { bare } from './confusable.ts'
import { patternWords, readings, signsOf } from './fold.ts'
import { lettersOf, patternOf, signatureOf } from './pattern.ts'
import type { Letter, Pattern } from './pattern.ts'
import { codePoints } from './text.ts'

type Term = { pattern: string; action: 'hold' | 'refuse' }

/** What may be typed for a term is tidied; controls and nothing but stars are refused. `field` names the term. */
export function tidyTerms(raw: readonly Term[]): Result<Term[]> {
  const tidy = new Map<string, Term>()
  for (const [i, { pattern: typed, action }] of raw.entries()) {
    const pattern = tidyPattern(typed)
    if (pattern === null) return deny('bad_request', { field: `terms.${i}.pattern` })
    // The same pattern twice is one term, by the stricter of its actions.
    const key = pattern.toLowerCase()
    const before = tidy.get(key)
    tidy.set(key, before?.action === 'refuse' ? before : { pattern, action })
  }
  if (tidy.size > LIMITS.terms) return deny('bad_request', { field: 'terms' })
  return ok([...tidy.values()])
}

function tidyPattern(typed: string): string | null {
  const pattern = typed.normalize('NFC').trim().replace(/\s+/g, ' ').replace(/\*+/g, '*')
  if (/[\p{Cc}\p{Cs}]/u.test(pattern) || codePoints(pattern) > LIMITS.termChars) return null
  return parse(pattern) === null ? null : pattern
}

/** Null for what cannot be matched: nothing but stars and marks, or too long once folded. */
function parse(pattern: string): { words: string[][]; machines: Pattern[] } | { signs: string } | null {
  const words = patternWords(pattern).filter((list) => /[^*]/.test(list.join('')))
  if (words.length === 0) {
    // Signs are found wherever they stand; a star among them would be a letter among none.
    const signs = signsOf(pattern).replace(/^\*|\*$/g, '')
    return signs === '' || signs.includes('*') ? null : { signs }
  }
  const machines = words.map(patternOf)
  return machines.every((machine) => machine !== null) ? { words, machines } : null
}

export type Found = {
  /** The first one that refuses, else the first one that holds. */
  term: Term | null
  /** Words looked up and letters walked: at most about the letters of the text, for each term. */
  steps: number
}
export type Matcher = (text: string) => Found

type Walk = { rank: number; machine: Pattern; oneWord: boolean }

/** Made once per version of the terms; what `tidyTerms` would refuse is left out. */
export function createMatcher(terms: readonly Term[]): Matcher {
  // By how much they weigh: a held message must not hide a refused one.
  const ranked = [...terms].sort((a, b) => Number(a.action === 'hold') - Number(b.action === 'hold'))
  /** Plain words, looked up whole. */
  const byWord = new Map<string, number>()
  /** The same without their repeats, for words somebody stretched. */
  const byGist = new Map<string, Walk[]>()
  const walks: Walk[] = []
  const words: Walk[] = []
  const signs: { rank: number; signs: string }[] = []

  ranked.forEach(({ pattern }, rank) => {
    const parsed = parse(pattern)
    if (parsed === null) return
    if ('signs' in parsed) {
      signs.push({ rank, signs: parsed.signs })
      return
    }
    parsed.machines.forEach((machine, i) => {
      const [word = '', ...more] = parsed.words[i] ?? []
      const walk = { rank, machine, oneWord: more.length === 0 }
      const plain = walk.oneWord && !word.includes('*') && !machine.inside
      if (!plain) walks.push(walk)
      if (!walk.oneWord) return
      words.push(walk)
      if (!plain) return
      if (!byWord.has(word)) byWord.set(word, rank)
      byGist.set(gistOf(word), [...(byGist.get(gistOf(word)) ?? []), walk])
    })
  })

  if (ranked.length === 0) return () => ({ term: null, steps: 0 })
  return (text) => {
    const tally = { steps: 0 }
    let best = Infinity
    const better = (rank: number) => void (best = Math.min(best, rank))
    const walk = (letters: readonly Letter[], all: readonly Walk[], apart: boolean) => {
      const signature = signatureOf(letters.map((letter) => letter?.of ?? ' '))
      for (const { rank, machine } of all)
        if (rank < best && (machine.signature & ~signature) === 0)
          if (machine.within(letters, apart, tally)) better(rank)
    }
    for (const list of readings(text)) {
      for (const word of list) {
        tally.steps++
        better(byWord.get(word) ?? Infinity)
        if (STRETCHED.test(word)) walk(lettersOf([word]), byGist.get(gistOf(word)) ?? [], false)
      }
      if (walks.length > 0) walk(lettersOf(list), walks, false)
      for (const spelt of speltIn(list)) walk(lettersOf([spelt]), words, true)
    }
    if (signs.length > 0) {
      const signsIn = bare(text).replace(/\s+/g, '')
      for (const { rank, signs: wanted } of signs) if (signsIn.includes(wanted)) better(rank)
    }
    return { term: ranked[best] ?? null, steps: tally.steps }
  }
}

const STRETCHED = /(.)\1\1/u
const gistOf = (word: string): string => word.replace(/(.)\1+/gu, '$1')

/** Letters that stand alone one after the other, in one piece: "s p a m". Each is a word of its own, so a blocked
 * word may begin and end at each; the price is that "a s s u m e" spelt so holds the first three. */
function speltIn(words: readonly string[]): string[] {
  const spelt: string[] = []
  let piece = ''
  for (const word of [...words, '  ']) {
    if (codePoints(word) === 1) {
      piece += word
      continue
    }
    if (codePoints(piece) > 1) spelt.push(piece)
    piece = ''
  }
  return spelt
}

import { describe, expect, test } from 'vitest'
import { ERRORS } from '../../../shared/protocol/errors.ts'
import type { Entry, Held, StreamEvent } from '../../../shared/protocol/events.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { OPEN_RULES } from '../../../shared/protocol/rules.ts'
import { trail } from '../backstage.ts'
import { naming, newsOf, told } from './deeds.ts'
import { PRESETS, choicesWith, rulesOf, sameSettings } from './presets.ts'
import { placeAfter } from './queue-focus.ts'
import { mayJudge, mayRule } from './rights.ts'
import { spanOf, spanText } from './spans.ts'
import { problemAt, problemsOf, termsOf, textsOf } from './terms.ts'
import { heldWords, kindly } from './words.ts'

const person = (id: string, name = id) => ({ id, name })
const mo = person('mo', 'Mo')
const cy = person('cy', 'Cy')
const message = (text: string | null) => ({
  id: 'm1',
  author: { ...cy, role: 'viewer' as const },
  text,
  at: 0,
})
const linesOf = (events: StreamEvent[]) => {
  const entries = events.map((event, index): Entry => ({ seq: index + 1, at: 1_000_000, event }))
  return trail({ logs: { backstage: { epoch: 'e', from: 1, seq: entries.length, entries } } })
}
const held: Held = { ...message('hm'), reason: 'term', matched: 'h*', verdict: 'open' }

describe('what is offered', () => {
  const one = (role: 'host' | 'moderator' | 'viewer', id: string = role) => ({ id, role })
  test('the host judges everybody else, a moderator viewers only, nobody the host or itself', () => {
    expect(mayJudge(one('host'), one('viewer'))).toBe(true)
    expect(mayJudge(one('host'), one('moderator'))).toBe(true)
    expect(mayJudge(one('moderator'), one('viewer'))).toBe(true)
    expect(mayJudge(one('moderator'), one('moderator', 'other'))).toBe(false)
    expect(mayJudge(one('moderator'), one('host'))).toBe(false)
    expect(mayJudge(one('host'), one('host'))).toBe(false)
    expect(mayJudge(one('viewer'), one('viewer', 'other'))).toBe(false)
    expect(mayJudge(null, one('viewer'))).toBe(false)
  })
  test('only the host appoints, blocks and enrols', () => {
    expect(mayRule(one('host'), one('viewer'))).toBe(true)
    expect(mayRule(one('moderator'), one('viewer'))).toBe(false)
    expect(mayRule(one('host'), one('host'))).toBe(false)
  })
})

describe('how long', () => {
  test.each([
    ['10', 'seconds', { seconds: 10 }],
    ['1,5', 'hours', { seconds: 5_400 }],
    ['14', 'days', { seconds: LIMITS.banMaxSeconds }],
    ['9', 'seconds', { problem: 'The shortest is 10 seconds.' }],
    ['14.1', 'days', { problem: 'The longest is 14 days.' }],
    ['', 'days', { problem: 'Enter a number.' }],
    ['soon', 'days', { problem: 'Enter a number.' }],
    ['Infinity', 'days', { problem: 'Enter a number.' }],
  ] as const)('%s %s', (count, unit, expected) => expect(spanOf(count, unit)).toEqual(expected))
  test('is said with its two largest units', () => {
    expect(spanText(1)).toBe('1 second')
    expect(spanText(600)).toBe('10 minutes')
    expect(spanText(5_400)).toBe('1 hour 30 minutes')
    expect(spanText(90_061)).toBe('1 day 1 hour')
    expect(spanText(0)).toBe('0 seconds')
  })
})

describe('the trail in words', () => {
  const say = (event: StreamEvent) => told(linesOf([event])[0]!)
  test('a timeout says for how long and why', () => {
    const deed = { is: 'timed_out' as const, target: cy, until: 1_600_400, reason: 'spam' }
    expect(say({ type: 'moderated', by: mo, deed })).toEqual({
      did: 'timed out',
      target: cy,
      more: 'for 10 minutes',
      reason: 'spam',
    })
  })
  test('a delete shows the words for as long as they are kept', () => {
    const deleted = (text: string | null) =>
      say({ type: 'moderated', by: mo, deed: { is: 'deleted', message: message(text) } })
    expect(deleted('gone')).toMatchObject({ target: { name: 'Cy' }, quote: 'gone' })
    expect(deleted(null).quote).toBeNull()
  })
  test('a verdict names the author when its message is at hand, and stands without', () => {
    const verdict: StreamEvent = { type: 'settled', target: 'm1', verdict: 'approved', by: mo }
    expect(told(linesOf([{ type: 'held', held }, verdict])[0]!)).toMatchObject({
      did: 'approved a message of',
      target: { name: 'Cy' },
    })
    expect(say(verdict)).toEqual({ did: 'approved a message' })
  })
  test('is found by either name', () => {
    const lines = linesOf([
      { type: 'moderated', by: mo, deed: { is: 'unbanned', target: cy } },
      { type: 'moderated', by: person('ada', 'Ada'), deed: { is: 'slowed', seconds: 5 } },
    ])
    expect(naming(lines, ' CY ').map(({ seq }) => seq)).toEqual([1])
    expect(naming(lines, 'ada').map(({ seq }) => seq)).toEqual([2])
    expect(naming(lines, '')).toHaveLength(2)
    expect(naming(lines, 'nobody')).toHaveLength(0)
  })
  test('news is who settled something since, and nothing older', () => {
    const lines = linesOf([
      { type: 'held', held },
      { type: 'settled', target: 'm1', verdict: 'rejected', by: mo },
    ])
    expect(newsOf(lines, 0, 'ada')).toBe('Mo rejected a message of Cy.')
    expect(newsOf(lines, 0, 'mo')).toBe('You rejected a message of Cy.')
    expect(newsOf(lines, 2, 'ada')).toBeNull()
  })
})

test('why something waits is said with the word that matched', () => {
  expect(heldWords({ reason: 'term', matched: 'h*' })).toBe('Held for the word “h*”')
  expect(heldWords({ reason: 'link' })).toBe('Held for a link')
})

test('a lost race is no failure', () => {
  expect(kindly(null)).toBeNull()
  expect(kindly(ERRORS.wrong_state.says)).toContain('Somebody else')
  expect(kindly(ERRORS.not_allowed.says)).toBe(ERRORS.not_allowed.says)
})

describe('the focus in a queue', () => {
  test('stays where its item is still there', () => expect(placeAfter(['a', 'b'], ['b'], 'b')).toBeNull())
  test('goes to the one after', () => expect(placeAfter(['a', 'b', 'c'], ['a', 'c'], 'b')).toBe(1))
  test('goes on when the one after went too', () =>
    expect(placeAfter(['a', 'b', 'c', 'd'], ['a', 'd'], 'b')).toBe(1))
  test('goes back from the last', () => expect(placeAfter(['a', 'b'], ['a'], 'b')).toBe(0))
  test('goes to the words that nothing is left', () => expect(placeAfter(['a'], [], 'a')).toBe(-1))
})

describe('blocked words', () => {
  test('go into lines and come back', () => {
    const terms = [
      { pattern: 'spoil*', action: 'hold' as const },
      { pattern: 'buy now', action: 'refuse' as const },
      { pattern: 'ending', action: 'hold' as const },
    ]
    const texts = textsOf(terms)
    expect(texts).toEqual({ hold: 'spoil*\nending', refuse: 'buy now' })
    expect(new Set(termsOf(texts).terms.map(({ pattern }) => pattern))).toEqual(
      new Set(terms.map(({ pattern }) => pattern)),
    )
  })
  test('what is wrong is said at its line, empty lines counted', () => {
    const texts = { hold: 'one\n\n***\n' + 'x'.repeat(LIMITS.termChars + 1), refuse: 'ONE' }
    expect(problemsOf(texts).map(({ action, line }) => `${action} ${line}`)).toEqual([
      'hold 3',
      'hold 4',
      'refuse 1',
    ])
    expect(problemsOf({ hold: 'fine\nalso fine', refuse: 'a*' })).toEqual([])
  })
  test('a refusal of the server finds its line', () => {
    const texts = { hold: 'one\n\ntwo', refuse: 'three' }
    expect(problemAt(texts, 'terms.1.pattern')).toMatchObject({ action: 'hold', line: 3 })
    expect(problemAt(texts, 'terms.2')).toMatchObject({ action: 'refuse', line: 1 })
    expect(problemAt(texts, 'terms')).toBeUndefined()
    expect(problemAt(texts, undefined)).toBeUndefined()
  })
})

describe('rules', () => {
  test('differ by any single value', () => {
    const open = { ...OPEN_RULES, slowSeconds: 0 }
    expect(sameSettings(open, { ...open })).toBe(true)
    for (const { name, settings } of PRESETS) expect(sameSettings(open, settings), name).toBe(name === 'Open')
    expect(sameSettings(open, { ...open, slowSeconds: 5 })).toBe(false)
    expect(sameSettings(open, { ...open, delaySeconds: 1 })).toBe(false)
  })
  test('go to the server without the pace', () =>
    expect(rulesOf({ ...OPEN_RULES, slowSeconds: 5 })).toEqual(OPEN_RULES))
  test('a value nobody thought of stays choosable', () => {
    expect(choicesWith([0, 5], 3)).toEqual([0, 3, 5])
    expect(choicesWith([0, 5], 5)).toEqual([0, 5])
  })
})

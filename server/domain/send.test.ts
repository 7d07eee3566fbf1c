import { describe, expect, test } from 'vitest'
import { OPEN_RULES } from '../../shared/protocol/rules.ts'
import type { Rules } from '../../shared/protocol/events.ts'
import { verdictOf } from './send.ts'
import type { Sending } from './send.ts'

const NOW = 1_000_000_000
const HOLD = { pattern: 'darn*', action: 'hold' } as const
const REFUSE = { pattern: 'darn*', action: 'refuse' } as const
const PLAIN = { link: false, termsVer: 0, term: null }

const harmless: Sending = {
  to: 'room',
  role: 'viewer',
  lookalike: false,
  blocked: false,
  guest: true,
  member: false,
  createdAt: NOW - 10_000,
  timeout: null,
  rules: OPEN_RULES,
  slowSeconds: 0,
  termsVer: 0,
  found: PLAIN,
  lastPublicAt: null,
  lastSameAt: null,
}
const rules = (change: Partial<Rules>) => ({ rules: { ...OPEN_RULES, ...change } })

/** What is refused when it is the only thing against it. */
const refusals: [string, change: Partial<Sending>, verdict: object][] = [
  ['a lookalike', { lookalike: true }, { code: 'name_reserved' }],
  [
    'timed out',
    { timeout: { until: NOW + 7_000, reason: 'Enough' } },
    { code: 'timed_out', retryAfterMs: 7_000, reason: 'Enough' },
  ],
  ['a guest among accounts', rules({ who: 'accounts' }), { code: 'accounts_only' }],
  ['no member', rules({ who: 'members' }), { code: 'members_only' }],
  ['too new', rules({ minAgeSeconds: 60 }), { code: 'account_too_new', retryAfterMs: 50_000 }],
  ['terms of yesterday', { termsVer: 2 }, { code: 'rules_changed' }],
  ['a refused term', { found: { ...PLAIN, term: REFUSE } }, { code: 'text_blocked' }],
  [
    'a refused link',
    { ...rules({ links: 'refused' }), found: { ...PLAIN, link: true } },
    { code: 'link_refused' },
  ],
  ['slow mode', { slowSeconds: 30, lastPublicAt: NOW - 10_000 }, { code: 'slow_mode', retryAfterMs: 20_000 }],
  [
    'the same again',
    { ...rules({ duplicateSeconds: 30 }), lastSameAt: NOW - 20_000 },
    { code: 'duplicate', retryAfterMs: 10_000 },
  ],
]
/** Everything against it at once, and what takes away one reason after the other. */
const strict = { links: 'refused', minAgeSeconds: 60, duplicateSeconds: 30, review: true } as const
const worst: Sending = {
  ...harmless,
  lookalike: true,
  timeout: { until: NOW + 7_000, reason: null },
  ...rules({ ...strict, who: 'accounts' }),
  termsVer: 2,
  found: { link: true, termsVer: 0, term: REFUSE },
  slowSeconds: 30,
  lastPublicAt: NOW,
  lastSameAt: NOW,
}
const cures: [code: string, cure: Partial<Sending>][] = [
  ['name_reserved', { lookalike: false }],
  ['timed_out', { timeout: null }],
  ['accounts_only', rules({ ...strict, who: 'members' })],
  ['members_only', { member: true }],
  ['account_too_new', { createdAt: 0 }],
  ['rules_changed', { found: { link: true, termsVer: 2, term: REFUSE } }],
  ['text_blocked', { found: { link: true, termsVer: 2, term: null } }],
  ['link_refused', { found: { link: false, termsVer: 2, term: null } }],
  ['slow_mode', { slowSeconds: 0 }],
  ['duplicate', { lastSameAt: null }],
]

describe('P15 a public message', () => {
  test('with nothing against it goes out', () => {
    expect(verdictOf(harmless, NOW)).toBeNull()
    expect(verdictOf({ ...harmless, found: null }, NOW)).toBeNull()
  })

  test.each(refusals)('%s is refused', (_, change, verdict) => {
    expect(verdictOf({ ...harmless, ...change }, NOW)).toEqual(verdict)
  })

  test.each(refusals)('%s is nothing to a moderator or the host', (_, change) => {
    for (const role of ['moderator', 'host'] as const)
      expect(verdictOf({ ...harmless, ...change, role }, NOW)).toBeNull()
  })

  test('of several reasons the first is told, and a hold last of all', () => {
    const sending = { ...worst }
    for (const [code, cure] of cures) {
      expect(verdictOf(sending, NOW)).toMatchObject({ code })
      Object.assign(sending, cure)
    }
    expect(verdictOf(sending, NOW)).toEqual({ hold: 'review' })
  })

  test.each<[string, Partial<Sending>]>([
    ['a timeout that is over', { timeout: { until: NOW, reason: null } }],
    ['an account among accounts', { ...rules({ who: 'accounts' }), guest: false }],
    ['a guest who is a member', { ...rules({ who: 'members' }), member: true }],
    ['old enough', rules({ minAgeSeconds: 10 })],
    ['of no age where none is asked', { createdAt: NOW + 5_000 }],
    ['the terms of now', { termsVer: 2, found: { ...PLAIN, termsVer: 2 } }],
    ['a link where they are allowed', { found: { ...PLAIN, link: true } }],
    ['slow mode waited for', { slowSeconds: 30, lastPublicAt: NOW - 30_000 }],
    ['the same after a while', { ...rules({ duplicateSeconds: 30 }), lastSameAt: NOW - 30_000 }],
    ['the same where it is allowed', { lastSameAt: NOW }],
    ['in public whom the host blocked', { blocked: true }],
  ])('%s goes out', (_, change) => {
    expect(verdictOf({ ...harmless, ...change }, NOW)).toBeNull()
  })

  test('a clock that steps back lengthens no wait beyond its interval', () => {
    const later = { lastPublicAt: NOW + 9_000, lastSameAt: NOW + 9_000 }
    expect(verdictOf({ ...harmless, ...later, ...rules({ duplicateSeconds: 30 }) }, NOW)).toMatchObject({
      retryAfterMs: 30_000,
    })
  })

  test('a timeout without a reason tells none', () => {
    const denial = verdictOf({ ...harmless, timeout: { until: NOW + 1, reason: null } }, NOW)
    expect(denial).toEqual({ code: 'timed_out', retryAfterMs: 1 })
  })
})

describe('P13 what is held', () => {
  const review = { ...OPEN_RULES, review: true, links: 'held' } as const
  test.each<[string, Partial<Sending>, object | null]>([
    ['a term', { found: { ...PLAIN, term: HOLD } }, { hold: 'term', matched: 'darn*' }],
    ['a link', { rules: review, found: { ...PLAIN, link: true } }, { hold: 'link' }],
    ['everything', { rules: review }, { hold: 'review' }],
    ['a term before a link', { rules: review, found: { ...PLAIN, link: true, term: HOLD } }, { hold: 'term', matched: 'darn*' }], // prettier-ignore
    ['what nobody looked at', { rules: review, found: null }, { hold: 'review' }],
  ])('%s', (_, change, verdict) => {
    expect(verdictOf({ ...harmless, ...change }, NOW)).toEqual(verdict)
    expect(verdictOf({ ...harmless, ...change, role: 'moderator' }, NOW)).toBeNull()
    expect(verdictOf({ ...harmless, ...change, to: 'thread' }, NOW)).toBeNull()
  })

  test('a refusal comes before a hold', () => {
    const said = { slowSeconds: 30, lastPublicAt: NOW, rules: review }
    expect(verdictOf({ ...harmless, ...said }, NOW)).toMatchObject({ code: 'slow_mode' })
  })
})

describe('P19 a private message', () => {
  test.each<[string, Partial<Sending>, string | null]>([
    ['to a host who blocked its author', { blocked: true }, 'thread_closed'],
    ['from the host to whom it blocked', { blocked: true, role: 'host' }, 'thread_closed'],
    ['from a moderator the host blocked', { blocked: true, role: 'moderator' }, 'thread_closed'],
    ['of a lookalike', { lookalike: true }, 'name_reserved'],
    ['of a blocked lookalike', { lookalike: true, blocked: true }, 'thread_closed'],
    ['of anybody else', {}, null],
  ])('%s', (_, change, code) => {
    const verdict = verdictOf({ ...harmless, to: 'thread', ...change }, NOW)
    expect(verdict).toEqual(code === null ? null : { code })
  })

  test.each(refusals.slice(1))('%s is nothing to it', (_, change) => {
    expect(verdictOf({ ...harmless, ...change, to: 'thread' }, NOW)).toBeNull()
  })
})

import { describe, expect, test } from 'vitest'
import { OPEN_RULES } from '../../shared/protocol/rules.ts'
import type { LogView } from './room.ts'
import { ageText, ruleHints, stopBefore } from './stops.ts'

const you = (role: 'viewer' | 'moderator', guest = true) => ({ id: 'g', name: 'Grace', role, guest })
const NO_THREAD = undefined
const thread = (...notices: object[]): LogView => ({
  epoch: 'e1',
  from: 1,
  seq: notices.length,
  entries: notices.map((notice, index) => ({
    seq: index + 1,
    at: 0,
    event: { type: 'notice', notice } as LogView['entries'][number]['event'],
  })),
})

describe('before one tries', () => {
  const accounts = { ...OPEN_RULES, who: 'accounts' } as const

  test('a guest hears that an account is needed; an account and a moderator do not', () => {
    expect(stopBefore({ you: you('viewer'), rules: accounts, thread: NO_THREAD }, 0)?.code).toBe(
      'accounts_only',
    )
    expect(stopBefore({ you: you('viewer', false), rules: accounts, thread: NO_THREAD }, 0)).toBeUndefined()
    expect(stopBefore({ you: you('moderator'), rules: accounts, thread: NO_THREAD }, 0)).toBeUndefined()
  })

  test('a timeout counts on this client, whose clock is wrong', () => {
    const told = thread({ is: 'timed_out', until: 50_000, reason: 'why' })
    expect(stopBefore({ you: you('viewer'), rules: OPEN_RULES, thread: told }, 20_000)).toMatchObject({
      code: 'timed_out',
      reason: 'why',
      until: 30_000,
    })
  })

  test('a lifted timeout stops nobody', () => {
    const told = thread({ is: 'timed_out', until: 50_000, reason: null }, { is: 'timeout_ended' })
    expect(stopBefore({ you: you('viewer'), rules: OPEN_RULES, thread: told }, 0)).toBeUndefined()
  })
})

test('the rules are said beforehand, to viewers alone', () => {
  const rules = { ...OPEN_RULES, who: 'members', links: 'held', minAgeSeconds: 600 } as const
  expect(ruleHints({ you: you('viewer'), rules })).toEqual([
    'Only members can write here',
    'New people can write after 10 min',
    'Links are held for review',
  ])
  expect(ruleHints({ you: you('viewer'), rules: { ...rules, review: true } })).toContain(
    'Messages appear after review',
  )
  expect(ruleHints({ you: you('moderator'), rules })).toEqual([])
  expect(ruleHints({ you: you('viewer'), rules: OPEN_RULES })).toEqual([])
})

test.each([
  [30, '30 seconds'],
  [600, '10 min'],
  [7_200, '2 h 00 min'],
  [86_400, 'a day'],
  [604_800, '7 days'],
])('%i s is %s', (seconds, says) => {
  expect(ageText(seconds)).toBe(says)
})

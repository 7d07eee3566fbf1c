import { expect, test } from 'vitest'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { chatOver, slowWait } from './slow.ts'

test('M8 slow mode holds a viewer for the rest of the interval and nobody else', () => {
  const viewer = { role: 'viewer', lastPublicAt: 10_000 } as const
  expect(slowWait(viewer, 30, 10_000)).toBe(30_000)
  expect(slowWait(viewer, 30, 25_000)).toBe(15_000)
  expect(slowWait(viewer, 30, 40_000)).toBe(0)
  expect(slowWait(viewer, 0, 10_000)).toBe(0)
  expect(slowWait({ ...viewer, lastPublicAt: null }, 30, 10_000)).toBe(0)
  for (const role of ['host', 'moderator'] as const)
    expect(slowWait({ role, lastPublicAt: 10_000 }, 30, 10_000)).toBe(0)
})

test('M8 a clock that stepped back never makes the wait longer than the interval', () => {
  expect(slowWait({ role: 'viewer', lastPublicAt: 3_600_000 }, 30, 0)).toBe(30_000)
})

test('M9 the chat outlives its stream by five minutes', () => {
  const ended = { state: 'ended', endedAt: 1_000 } as const
  expect(chatOver(ended, 1_000 + LIMITS.goodbyeMs - 1)).toBe(false)
  expect(chatOver(ended, 1_000 + LIMITS.goodbyeMs)).toBe(true)
  for (const state of ['scheduled', 'live'] as const)
    expect(chatOver({ state, endedAt: null }, Number.MAX_SAFE_INTEGER)).toBe(false)
})

import { expect, test } from 'vitest'
import { handClock, settle } from '../test/hand.ts'
import type { Answer } from '../../api.ts'
import { createBehind } from './delay-reports.ts'

function world(answer: Answer<unknown> = { ok: true, value: null }) {
  const clock = handClock()
  const sent: { at: number; ms: number }[] = []
  const start = clock.now()
  const behind = createBehind({
    ...{ now: clock.now, clock },
    send(ms) {
      sent.push({ at: clock.now() - start, ms })
      return Promise.resolve(answer)
    },
  })
  return { clock, sent, behind }
}

test('V40 of a delay measured every five seconds or so one in fifteen seconds is sent, the first at once', () => {
  const { clock, sent, behind } = world()
  for (const [i, late] of [0, 40, -30, 20, -40, 10, 0].entries()) {
    behind.report(2_000.4 + i)
    clock.advance(5_000 + late)
  }
  expect(sent.map(({ ms }) => ms)).toEqual([2_000, 2_003, 2_006])
})

test('V40 whoever is told to wait does, and what is no delay is not sent', async () => {
  const denial = { code: 'rate_limited', says: 'Slow down.', retryAfterMs: 40_000 } as const
  const { clock, sent, behind } = world({ ok: false, denial })
  behind.report(60_001)
  expect(sent).toEqual([])
  behind.report(1_000)
  await settle()
  clock.advance(39_000)
  behind.report(1_000)
  expect(sent.length).toBe(1)
  clock.advance(1_000)
  behind.report(1_000)
  expect(sent.length).toBe(2)
})

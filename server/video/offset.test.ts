import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOffset } from './offset.ts'

test('nothing is known before the first exchange', () => {
  expect(createOffset(1_000).estimate()).toBeUndefined()
})

test('the first exchange is exact when both ways take equally long', () => {
  const offset = createOffset(1_000)
  offset.heard(501_020, 1_040) // their clock is 500,000 ahead; 20 ms each way
  expect(offset.estimate()).toBe(-500_000)
})

test('V5 whatever the delays, the error is at most half of what is uncertain, and exchanges only narrow it', () => {
  const delays = fc.array(fc.record({ wait: fc.nat(500), way: fc.nat(400) }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), delays, (ahead, exchanges) => {
      const offset = createOffset(0)
      let now = 0
      let before = Infinity
      for (const [i, { wait, way }] of exchanges.entries()) {
        now += wait
        offset.heard(now + ahead, now + way)
        const error = Math.abs((offset.estimate() ?? NaN) + ahead)
        const uncertain = (exchanges[0]?.wait ?? 0) + Math.min(...exchanges.slice(0, i + 1).map((e) => e.way))
        expect(error).toBeLessThanOrEqual(uncertain / 2)
        expect(uncertain).toBeLessThanOrEqual(before)
        before = uncertain
        now += way
      }
    }),
  )
})

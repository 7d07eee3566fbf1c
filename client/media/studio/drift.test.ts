import { expect, test } from 'vitest'
import { heard, newDrift } from './drift.ts'

/** A packet every 20 ms whose lateness changes by `ppm`, with jitter; the second at which it was called off. */
function offAfter(ppm: number, seconds: number): number | null {
  let drift = newDrift(0)
  for (let now = 0; now < seconds * 1_000; now += 20) {
    const jitter = (now / 20) % 7 === 0 ? 0 : 40
    const step = heard(drift, 30 + jitter + (now * ppm) / 1e6, now)
    if (step.off) return Math.round(now / 1_000)
    drift = step.drift
  }
  return null
}

test('clocks that agree are left alone for hours, whatever the jitter', () => {
  expect(offAfter(0, 7_200)).toBeNull()
})

test('a clock 100 millionths off is called off before a tenth of a second', () => {
  expect(offAfter(100, 7_200)).toBeGreaterThan(800)
  expect(offAfter(100, 7_200)).toBeLessThan(1_000)
  expect(offAfter(-100, 7_200)).toBeLessThan(1_000)
})

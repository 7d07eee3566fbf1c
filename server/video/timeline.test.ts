import fc from 'fast-check'
import { expect, test } from 'vitest'
import { picture, sound } from '../test/media/packets.ts'
import { createTimeline } from './timeline.ts'

const NOW = 1_700_000_000_000

test('V5 packets land on the server clock by the offset that was measured', () => {
  const timeline = createTimeline(-3_600_000, 0)
  expect(timeline.place(picture(NOW + 3_600_000, true), NOW + 80)?.ts).toBe(NOW)
})

test('without a measured offset the first packet is taken to be fresh, and both tracks shift alike', () => {
  const timeline = createTimeline(undefined, 0)
  expect(timeline.place(picture(5_000, true), NOW)?.ts).toBe(NOW)
  expect(timeline.place(sound(5_010), NOW + 20)?.ts).toBe(NOW + 10)
})

test('V3 a second connection never lands before the end of the first', () => {
  const timeline = createTimeline(0, NOW + 50)
  expect(timeline.place(picture(NOW, true), NOW)?.ts).toBe(NOW + 50)
  expect(timeline.place(picture(NOW + 33, false), NOW + 33)?.ts).toBe(NOW + 83)
})

test.each([
  ['an hour ahead', NOW + 3_600_000],
  ['just too far ahead', NOW + 5_001],
  ['a minute behind', NOW - 60_000],
  ['zero', 0],
  ['negative', -NOW],
  ['the largest number there is', Number.MAX_VALUE],
])('V6 a timestamp that is %s is refused', (_, ts) => {
  expect(createTimeline(0, 0).place(picture(ts, true), NOW)).toBeNull()
})

test('V6 a track that runs backward is refused; a small step back is borne', () => {
  const timeline = createTimeline(0, 0)
  timeline.place(picture(NOW, true), NOW)
  expect(timeline.place(picture(NOW - 900, false), NOW)).not.toBeNull()
  expect(timeline.place(picture(NOW - 1_001, false), NOW)).toBeNull()
  expect(timeline.place(sound(NOW - 1_001), NOW)).not.toBeNull()
})

test('V6 small steps back do not add up', () => {
  const timeline = createTimeline(0, 0)
  const steps = Array.from({ length: 5 }, (_, i) => timeline.place(picture(NOW - i * 400, true), NOW))
  expect(steps.map((packet) => packet !== null)).toEqual([true, true, true, false, false])
})

test('V6 whatever times come, those let through are near the clock and last a quarter of a second at most', () => {
  fc.assert(
    fc.property(
      fc.option(fc.double({ noNaN: true }), { nil: undefined }),
      fc.array(fc.record({ ts: fc.double({ noNaN: true }), dur: fc.double({ min: 0, noNaN: true }) })),
      (offset, times) => {
        const timeline = createTimeline(offset, 0)
        for (const { ts, dur } of times) {
          const placed = timeline.place(picture(ts, true, dur), NOW)
          if (!placed) continue
          expect(Math.abs(placed.ts - NOW)).toBeLessThanOrEqual(30_000)
          expect(placed.dur).toBeLessThanOrEqual(250)
        }
      },
    ),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AAC, AVC, picture, sound } from '../test/media/packets.ts'
import { createLane, type LaneSample } from './lane.ts'

const BASE = 1_700_000_000_000

function samplesOf(config: typeof AVC | typeof AAC, times: readonly number[]): LaneSample[] {
  const lane = createLane(config, BASE)
  const make = config.kind === 'video' ? (ts: number) => picture(ts, false) : (ts: number) => sound(ts)
  const samples = times.flatMap((ms) => lane.push(make(BASE + ms)) ?? [])
  return [...samples, ...[lane.flush(Infinity, 1_000)].filter((sample) => sample !== null)]
}

test('a picture lasts until the next one, the last one as long as it says', () => {
  expect(samplesOf(AVC, [0, 33.4, 100]).map(({ dts, dur }) => [dts, dur])).toEqual([
    [0, 3_006],
    [3_006, 5_994],
    [9_000, 3_000],
  ])
})

test('sound is counted: jitter within a frame leaves no trace', () => {
  const frame = 1_024 / 48
  const jitter = [0, 7, -9, 12, -15, 20, 3]
  const samples = samplesOf(
    AAC,
    jitter.map((ms, i) => 100 + i * frame + ms),
  )
  expect(samples.map(({ dur }) => dur)).toEqual(jitter.map(() => 1_024))
  expect(samples[0]?.dts).toBe(4_800)
})

test('sound that runs ahead of its count by more than a frame leaves a gap, behind it loses a frame', () => {
  const frame = 1_024 / 48
  const gap = samplesOf(AAC, [0, frame, 2 * frame + 100, 3 * frame + 100])
  expect(gap.map(({ dur }) => dur)).toEqual([1_024, 1_024 + 4_800, 1_024, 1_024])
  const late = samplesOf(AAC, [0, frame, 2 * frame - 30, 3 * frame - 30])
  expect(late.map(({ dts }) => dts)).toEqual([0, 1_024, 2_048])
})

test('flushing before the next take cuts the last sample there, and bridges no more than it may', () => {
  const cut = (until: number) => {
    const lane = createLane(AVC, BASE)
    lane.push(picture(BASE, true))
    return lane.flush(BASE + until, 1_400)?.dur
  }
  expect([cut(20), cut(500), cut(5_000)]).toEqual([1_800, 45_000, 126_000])
  expect(createLane(AVC, BASE).flush(BASE, 1)).toBeNull()
})

test('V4 samples of any lane are contiguous and last at least a tick, whatever the timestamps', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(AVC, AAC),
      fc.array(fc.double({ min: 0, max: 30_000, noNaN: true }), { maxLength: 60 }),
      (config, times) => {
        const samples = samplesOf(config, times)
        for (const [i, { dts, dur }] of samples.entries()) {
          expect(dur).toBeGreaterThanOrEqual(1)
          expect(samples[i + 1]?.dts ?? dts + dur).toBe(dts + dur)
        }
      },
    ),
  )
})

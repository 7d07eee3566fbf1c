import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EncodedPacket } from '../../shared/media.ts'
import { parseFragments } from '../test/media/mp4.ts'
import { AAC, AVC, picture, sound, stretch } from '../test/media/packets.ts'
import { PART_TARGET_MS, SEGMENT_MOST_MS, TARGET_DURATION_S } from './cuts.ts'
import { createMuxer } from './muxer.ts'
import { createPackager, type Segment } from './packager.ts'

const T0 = 1_700_000_000_000

function watch() {
  const packager = createPackager()
  const muxer = createMuxer(packager)
  const all = new Map<number, Segment>()
  packager.onChange(() => packager.segments().forEach((segment) => all.set(segment.msn, segment)))
  return {
    packager,
    muxer,
    /** Every segment there ever was. */
    all: () => [...all.values()],
    play(packets: readonly EncodedPacket[]) {
      for (const packet of packets) muxer.packet(packet, packet.ts)
    },
  }
}

function played(packets: readonly EncodedPacket[]) {
  const show = watch()
  show.muxer.config(AVC, T0)
  show.muxer.config(AAC, T0)
  show.play(packets)
  show.muxer.pause()
  return show
}

test('a key frame each second makes segments of one second in two parts', () => {
  const segments = played(stretch(T0, 4_000)).all()
  expect(segments.map(({ msn, ms, independent }) => [msn, Math.round(ms), independent])).toEqual(
    [0, 1, 2, 3].map((msn) => [msn, 1_000, true]),
  )
  for (const { parts } of segments) expect(parts.map(({ independent }) => independent)).toEqual([true, false])
})

test.each([24, 25, 30, 50, 60])('V5 at %i pictures a second no part is a runt or too long', (fps) => {
  for (const { parts } of played(stretch(T0, 5_000, { fps, group: fps })).all())
    for (const [i, { ms }] of parts.entries()) {
      expect(ms).toBeLessThanOrEqual(PART_TARGET_MS)
      if (i < parts.length - 1) expect(ms).toBeGreaterThanOrEqual(0.85 * PART_TARGET_MS)
    }
})

test('V5 sound alone is cut into parts and segments as well', () => {
  const show = watch()
  show.muxer.config(AAC, T0)
  show.play(stretch(T0, 10_000, { video: false }))
  const segments = show.all()
  expect(segments.length).toBeGreaterThanOrEqual(9)
  for (const { ms, parts } of segments) {
    expect(ms).toBeGreaterThanOrEqual(900)
    expect(ms).toBeLessThan(1_100)
    expect(parts.every(({ ms: part, independent }) => part <= PART_TARGET_MS && independent)).toBe(true)
  }
})

test('V5 key frames a little late still fit the target duration', () => {
  const segments = played(stretch(T0, 7_000, { group: 42 })).all()
  expect(segments.map(({ ms, independent }) => [Math.round(ms), independent])).toEqual(
    Array(5).fill([1_400, true]),
  )
})

test('V5 beyond that a segment is cut without a key frame rather than break its promise', () => {
  const segments = played(stretch(T0, 9_000, { group: 150 })).all()
  for (const { ms } of segments) expect(Math.round(ms / 1000)).toBeLessThanOrEqual(TARGET_DURATION_S)
  expect(segments.map(({ independent }) => independent)).toContain(false)
})

test('V5 a picture longer than the part target is served with its whole segment only', () => {
  const segments = played(stretch(T0, 8_000, { fps: 1, group: 1 })).all()
  expect(segments.length).toBeGreaterThan(5)
  for (const { parts, ms } of segments) {
    expect(parts).toEqual([])
    expect(ms).toBeLessThanOrEqual(SEGMENT_MOST_MS)
  }
})

test('the parts of a segment are views into it and add up to it', () => {
  for (const { parts, bytes, ms } of played(stretch(T0, 3_000)).all()) {
    expect(parts.reduce((sum, part) => sum + part.ms, 0)).toBeCloseTo(ms)
    expect(parts.reduce((sum, part) => sum + part.bytes.byteLength, 0)).toBe(bytes.byteLength)
    for (const part of parts) expect(part.bytes.buffer).toBe(bytes.buffer)
  }
})

test('memory is bounded: old segments go', () => {
  const { packager, all } = played(stretch(T0, 40_000))
  expect(all()).toHaveLength(40)
  expect(packager.segments().map(({ msn }) => msn)).toEqual(Array.from({ length: 14 }, (_, i) => 26 + i))
})

test('V3 discontinuities are counted from the second take on', () => {
  const show = watch()
  for (let i = 0; i < 3; i++) {
    show.muxer.reset(T0)
    show.muxer.config(AVC, T0)
    show.muxer.config(AAC, T0)
    show.play(stretch(T0 + i * 10_000, 2_000))
  }
  show.muxer.pause()
  expect(
    show.all().map((s) => [s.msn, s.head.number, s.discontinuity, s.discontinuities, s.at - T0]),
  ).toEqual([
    [0, 1, false, 0, 0],
    [1, 1, false, 0, 1_000],
    [2, 2, true, 1, 10_000],
    [3, 2, false, 1, 11_000],
    [4, 3, true, 2, 20_000],
    [5, 3, false, 2, 21_000],
  ])
})

/** Steps of a publisher: pictures and sounds at odd times, cut lines, encoders that start over. */
const step = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.record({
      do: fc.constant('picture'),
      after: fc.double({ min: 0, max: 70, noNaN: true }),
      key: fc.boolean(),
    }),
  },
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant('picture'),
      after: fc.double({ min: 30, max: 40, noNaN: true }),
      key: fc.constant(false),
    }),
  },
  {
    weight: 40,
    arbitrary: fc.record({
      do: fc.constant('sound'),
      after: fc.double({ min: 0, max: 40, noNaN: true }),
      key: fc.constant(true),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pause'),
      after: fc.integer({ min: 100, max: 4_000 }),
      key: fc.constant(true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reset'),
      after: fc.integer({ min: 0, max: 500 }),
      key: fc.constant(true),
    }),
  },
)

test('V4 V5 whatever the schedule: bounds kept, time contiguous in a take, numbers dense, key frames first', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 400 }), (steps) => {
      const show = watch()
      const configure = (at: number) => [AVC, AAC].forEach((config) => show.muxer.config(config, at))
      let now = T0
      configure(now)
      for (const { do: what, after, key } of steps) {
        now += after
        if (what === 'reset') {
          show.muxer.reset(now)
          now = Math.max(now, show.muxer.endsAt())
          configure(now)
        } else if (what !== 'pause')
          show.muxer.packet(what === 'picture' ? picture(now, key) : sound(now), now)
      }
      show.muxer.pause()
      check(show.all())
    }),
    { numRuns: 150 },
  )
})

function check(segments: readonly Segment[]): void {
  let sequence = 0
  const ends = new Map<string, number>()
  for (const [i, segment] of segments.entries()) {
    const before = segments[i - 1]
    expect(segment.msn).toBe(i)
    expect(segment.discontinuity).toBe(before !== undefined && before.head !== segment.head)
    expect(segment.ms).toBeLessThanOrEqual(SEGMENT_MOST_MS)
    // Counted sound may run a frame ahead of its timestamps when a take ends.
    if (before) expect(segment.at).toBeGreaterThanOrEqual(before.at + before.ms - 22)
    for (const part of segment.parts) expect(part.ms).toBeLessThanOrEqual(PART_TARGET_MS)
    const fragments = parseFragments(segment.bytes)
    const lead = fragments[0]?.runs[0]
    expect(lead?.samples[0]?.key).toBe(segment.independent)
    // Forced only by a group that would not fit.
    if (!segment.independent)
      expect((before?.ms ?? 0) + (lead?.samples[0]?.dur ?? 0) / 90).toBeGreaterThan(SEGMENT_MOST_MS)
    for (const fragment of fragments) {
      expect(fragment.sequence).toBe(++sequence)
      for (const { trackId, samples } of fragment.runs) {
        const lane = `${segment.head.number}/${trackId}`
        for (const { dts, dur } of samples) {
          expect(dur).toBeGreaterThanOrEqual(1)
          expect(ends.get(lane) ?? dts).toBe(dts)
          ends.set(lane, dts + dur)
        }
      }
    }
  }
}

import { expect, test } from 'vitest'
import { boxes, find, parseFragments, parseInit } from '../../test/media/mp4.ts'
import { AAC, AVC, nal } from '../../test/media/packets.ts'
import { fragment } from './fragment.ts'
import { codecsOf, initSegment, TRACK_ID } from './init.ts'
import { runsOf, sizeOf } from './reader.ts'
import { createBoxWriter } from './writer.ts'

test('V4 an init segment reads back with its tracks, time scales and descriptions unchanged', () => {
  const [video, audio, ...none] = parseInit(initSegment([AVC, AAC]))
  expect(none).toEqual([])
  expect(video).toMatchObject({ id: 1, kind: 'video', timescale: 90_000, width: 1280, height: 720 })
  expect(video?.description).toEqual(AVC.description)
  expect(audio).toMatchObject({ id: 2, kind: 'audio', timescale: 48_000, sampleRate: 48_000, channels: 2 })
  expect(audio?.description).toEqual(AAC.description)
})

test('V4 one track alone makes an init segment too; 96 kHz does not overflow its 16 bits', () => {
  expect(parseInit(initSegment([AVC])).map(({ kind }) => kind)).toEqual(['video'])
  const [audio] = parseInit(initSegment([{ ...AAC, sampleRate: 96_000 }]))
  expect(audio).toMatchObject({ timescale: 96_000, sampleRate: 0 })
})

test('every track has its trex, or players ignore its fragments', () => {
  const trex = boxes(find(initSegment([AVC, AAC]), 'moov', 'mvex')).map(({ bytes }) => bytes[7])
  expect(trex).toEqual([TRACK_ID.video, TRACK_ID.audio])
})

test('codecs come from the avcC, not from what the encoder was asked for', () => {
  expect(codecsOf([{ ...AVC, codec: 'avc1.64001f' }, AAC])).toBe('avc1.42c01f,mp4a.40.2')
})

test('V4 a fragment reads back sample by sample, at times beyond 32 bits', () => {
  const dts = 90_000 * 3600 * 24 * 30
  const video = [
    { dts, dur: 3_000, key: true, bytes: nal(5, 700) },
    { dts: dts + 3_000, dur: 3_001, key: false, bytes: nal(1, 50) },
  ]
  const audio = [{ dts: 7, dur: 1_024, key: true, bytes: new Uint8Array([1, 2, 3]) }]
  const [parsed, ...none] = parseFragments(
    fragment(9, [
      { trackId: 1, samples: video },
      { trackId: 2, samples: audio },
    ]),
  )
  expect(none).toEqual([])
  expect(parsed).toEqual({
    sequence: 9,
    runs: [
      { trackId: 1, samples: video },
      { trackId: 2, samples: audio },
    ],
  })
})

test('V10 pictures in another order than they are shown in say when, and those in order say nothing', () => {
  const at = (dts: number, offset?: number) => ({
    ...{ dts, dur: 3_000, key: dts === 0, bytes: nal(1, 50) },
    ...(offset === undefined ? {} : { offset }),
  })
  const samples = [at(0, 6_000), at(3_000, 12_000), at(6_000), at(9_000)]
  const sound = [{ dts: 0, dur: 1_024, key: true, bytes: new Uint8Array([1]) }]
  const [parsed] = parseFragments(
    fragment(1, [
      { trackId: 1, samples },
      { trackId: 2, samples: sound },
    ]),
  )
  expect(parsed?.runs[0]?.samples.map(({ offset, bytes }) => [offset, bytes])).toEqual(
    [6_000, 12_000, 0, 0].map((offset) => [offset, nal(1, 50)]),
  )
  expect(parsed?.runs[1]?.samples).toEqual(sound)
})

test('a track without samples has no run', () => {
  const sample = { dts: 0, dur: 1, key: true, bytes: nal(5) }
  const [parsed] = parseFragments(
    fragment(1, [
      { trackId: 1, samples: [sample] },
      { trackId: 2, samples: [] },
    ]),
  )
  expect(parsed?.runs.map(({ trackId }) => trackId)).toEqual([1])
})

test('boxes nest, and writing beyond the capacity throws instead of cutting', () => {
  const w = createBoxWriter(24)
  w.box('free', () => w.box('skip', () => w.u32(5)))
  expect(w.done().byteLength).toBe(20)
  expect(find(w.done(), 'free', 'skip')).toEqual(new Uint8Array([0, 0, 0, 5]))
  expect(() => w.u64(1)).toThrow(RangeError)
})

test.each([0, 66])(
  'V19 a run spans its samples, also where pictures are shown later than decoded (%i ms)',
  (ms) => {
    const samples = [0, 1, 2].map((i) => ({
      ...{ dts: 9_000 + i * 3_000, dur: 3_000, key: i === 0, bytes: nal(i === 0 ? 5 : 1, 40 + i) },
      ...(ms > 0 ? { offset: ms * 90 } : {}),
    }))
    const [run, ...none] = runsOf(fragment(1, [{ trackId: TRACK_ID.video, samples }]))
    expect(none).toEqual([])
    expect(run).toMatchObject({ trackId: TRACK_ID.video, start: 9_000, end: 18_000, samples: 3 })
  },
)

test('V33 the size of the pictures is read from an init segment, where there are any', () => {
  expect(sizeOf(initSegment([AVC, AAC]))).toEqual({ width: 1280, height: 720 })
  expect(sizeOf(initSegment([AAC]))).toBeNull()
})

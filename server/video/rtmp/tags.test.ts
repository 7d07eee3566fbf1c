import { expect, test } from 'vitest'
import { AAC, nal } from '../../test/media/packets.ts'
import { FILMED } from '../../test/media/rtmp.ts'
import { formOf } from './sps.ts'
import { configTag, createTagReader, packetTag } from './tags.ts'
import { createUnwrap } from './unwrap.ts'

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** Of x264, at these sizes. */
const AVCC = {
  high1080: bytesOf(
    '01640028ffe1001b67640028acd940780227e5c044000003000400000300f03c60c65801000468ef8fcbfdf8f800',
  ),
  base1080: bytesOf('0142c028ffe100196742c028da01e0089f970110000003001000000303c0f1832a01000468ce0fc8'),
  high422: bytesOf('017a000dffe10018677a000dbcb40a0cfc6e0220000003002000000781e2855401000468ce0fc8fef8f800'),
}

test('V10 the size of the picture is read from its parameter sets, with what is cropped', () => {
  expect(formOf(FILMED.description)).toEqual({ width: 320, height: 180, chroma: 1, bitDepth: 8 })
  expect(formOf(AVCC.base1080)).toEqual({ width: 1920, height: 1080, chroma: 1, bitDepth: 8 })
  expect(formOf(AVCC.high1080)).toEqual({ width: 1920, height: 1080, chroma: 1, bitDepth: 8 })
  expect(formOf(AVCC.high422)).toMatchObject({ width: 320, height: 180, chroma: 2 })
  for (let length = 0; length < 30; length++) expect(formOf(AVCC.high1080.subarray(0, length))).toBeNull()
})

test('V10 tags become configs and packets, and those become the same tags again', () => {
  const reader = createTagReader()
  expect(reader.video(configTag(FILMED), 0)).toEqual({ type: 'config', layer: 'main', config: FILMED })
  expect(reader.audio(configTag(AAC), 0)).toEqual({ type: 'config', layer: 'main', config: AAC })
  const key = { track: 'video', ts: 40, dur: 1000 / 30, key: true, bytes: nal(5, 300) } as const
  expect(reader.video(packetTag(key), 40)).toEqual({ type: 'packet', layer: 'main', packet: key })
  const delta = { track: 'video', ts: 60, dur: 20, offset: 80, key: false, bytes: nal(1) } as const
  expect(reader.video(packetTag(delta), 60)).toEqual({ type: 'packet', layer: 'main', packet: delta })
  const sound = {
    track: 'audio',
    ts: 60,
    dur: 1_024_000 / 48_000,
    key: true,
    bytes: new Uint8Array([0x21, 1]),
  } as const
  expect(reader.audio(packetTag(sound), 60)).toEqual({ type: 'packet', layer: 'main', packet: sound })
})

test('V11 what browsers do not play is refused by name, with what to choose instead', () => {
  const reader = createTagReader()
  const says = (tag: ReturnType<typeof reader.video>) => (tag?.type === 'refused' ? tag.says : null)
  const fourcc = (name: string) => new Uint8Array([0x90, ...new TextEncoder().encode(name), 0, 0])
  expect(says(reader.video(fourcc('hvc1'), 0))).toMatch(/^HEVC \(H\.265\) is not supported\. Choose H\.264/)
  expect(says(reader.video(fourcc('av01'), 0))).toMatch(/^AV1 is not supported/)
  expect(says(reader.video(new Uint8Array([0x14, 0, 0]), 0))).toMatch(/^VP6 is not supported/)
  expect(says(reader.video(new Uint8Array([0x1c, 0, 0]), 0))).toMatch(/^HEVC/)
  expect(says(reader.audio(new Uint8Array([0x2f, 0]), 0))).toBe('MP3 is not supported. Choose AAC.')
  expect(says(reader.audio(new Uint8Array([0xb2, 0]), 0))).toBe('Speex is not supported. Choose AAC.')
  expect(says(reader.audio(new Uint8Array([0xaf, 0, 0x2b, 0x92]), 0))).toContain('AAC-LC')
  expect(says(reader.audio(new Uint8Array([0xaf, 0, 0x11, 0xb0]), 0))).toContain('mono or stereo')
  expect(says(reader.video(new Uint8Array([0x17, 0, 0, 0, 0, 1, 2, 3]), 0))).toContain('SPS')
  const chroma = new Uint8Array([0x17, 0, 0, 0, 0, ...AVCC.high422])
  expect(says(reader.video(chroma, 0))).toContain('Choose NV12 or I420')
})

test('V10 tags without a picture in them are passed over, broken ones are not', () => {
  const reader = createTagReader()
  const tag = (kind: number, ...body: number[]) =>
    reader.video(new Uint8Array([0x17, kind, 0, 0, 0, ...body]), 0)
  expect(tag(1, 0, 0, 0, 2, 0x65, 1)).toBeNull() // nobody could decode it yet
  reader.video(configTag(FILMED), 0)
  expect(tag(2)).toBeNull() // the end of a sequence
  expect(tag(1)).toBeNull()
  expect(tag(1, 0, 0, 0, 2, 6, 1, 0, 0, 0, 1, 9)).toBeNull() // SEI and a delimiter
  expect(tag(1, 0, 0, 0, 9, 6, 1)).toMatchObject({ type: 'packet' })
  expect(reader.video(new Uint8Array([0x57, 0]), 0)).toBeNull() // a command for a player
  expect(reader.video(new Uint8Array(0), 0)).toBeNull()
  expect(reader.audio(new Uint8Array(0), 0)).toBeNull()
})

test('V10 time goes on beyond 32 bits, and a step back stays one', () => {
  const unwrap = createUnwrap()
  const times = [2 ** 32 - 40, 2 ** 32 - 7, 26, 13, 59, 2 ** 31 + 50, 3 * 2 ** 30, 100, 2 ** 32 - 1]
  expect(times.map(unwrap)).toEqual([
    ...[2 ** 32 - 40, 2 ** 32 - 7, 2 ** 32 + 26, 2 ** 32 + 13, 2 ** 32 + 59],
    ...[2 ** 32 + 2 ** 31 + 50, 2 ** 32 + 3 * 2 ** 30, 2 ** 33 + 100, 2 ** 33 - 1],
  ])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrackConfig } from '../../shared/media.ts'
import { AAC, AVC, nal, picture, sound } from '../test/media/packets.ts'
import { configFault, inspect } from './bitstream.ts'

const join = (...pieces: Uint8Array[]) => new Uint8Array(pieces.flatMap((piece) => [...piece]))
const packet = (bytes: Uint8Array, key = false) => ({ ...picture(0, key), bytes })

test('H.264 and AAC-LC with their descriptions are accepted', () => {
  expect([configFault(AVC), configFault(AAC)]).toEqual([null, null])
  expect(configFault({ ...AVC, codec: 'avc1.64001F' })).toBeNull()
  // 44.1 kHz mono, and a description with the backward compatible extension behind it
  expect(
    configFault({ ...AAC, sampleRate: 44_100, channels: 1, description: new Uint8Array([0x12, 0x08]) }),
  ).toBeNull()
  expect(configFault({ ...AAC, description: new Uint8Array([0x11, 0x90, 0x56, 0xe5, 0]) })).toBeNull()
})

const changed = (bytes: Uint8Array, at: number, value: number) =>
  bytes.map((byte, i) => (i === at ? value : byte))
const unknown: [string, TrackConfig][] = [
  ['VP9', { ...AVC, codec: 'vp09.00.10.08' }],
  ['H.265', { ...AVC, codec: 'hev1.1.6.L93.B0' }],
  ['parameter sets in band', { ...AVC, codec: 'avc3.42c01f' }],
  ['a codec with a tail', { ...AVC, codec: 'avc1.42c01f"\r\n' }],
  ['an avcC of another version', { ...AVC, description: changed(AVC.description, 0, 2) }],
  ['two-byte NAL lengths', { ...AVC, description: changed(AVC.description, 4, 0xfd) }],
  ['no SPS', { ...AVC, description: changed(AVC.description, 5, 0xe0) }],
  ['an SPS longer than the avcC', { ...AVC, description: changed(AVC.description, 6, 9) }],
  ['an avcC cut short', { ...AVC, description: AVC.description.subarray(0, -1) }],
  ['an avcC of 2 KB', { ...AVC, description: join(AVC.description, new Uint8Array(2_048)) }],
  ['Opus', { ...AAC, codec: 'opus' }],
  ['HE-AAC', { ...AAC, codec: 'mp4a.40.5', description: new Uint8Array([0x2b, 0x90]) }],
  ['AAC Main behind the name of AAC-LC', { ...AAC, description: new Uint8Array([0x09, 0x90]) }],
  ['another rate than described', { ...AAC, sampleRate: 44_100 }],
  ['half a description', { ...AAC, description: new Uint8Array([0x11]) }],
  ['a description of 200 bytes', { ...AAC, description: join(AAC.description, new Uint8Array(200)) }],
]
test.each(unknown)('V6 refused with a reason: %s', (_, config) => {
  expect(configFault(config)).toMatch(/\.$/)
})

test('V6 a key frame is one that holds an IDR slice, whatever its sender says', () => {
  expect(inspect(packet(nal(5), false))?.key).toBe(true)
  expect(inspect(packet(nal(1), true))?.key).toBe(false)
  expect(inspect(packet(join(nal(9, 2), nal(7), nal(8), nal(6), nal(5), nal(5))))?.key).toBe(true)
})

test.each([
  ['nothing but parameter sets', join(nal(7), nal(8))],
  ['a NAL unit of length 0', join(nal(5), new Uint8Array(4))],
  ['a length beyond the packet', nal(5).subarray(0, -1)],
  ['bytes behind the last NAL unit', join(nal(5), new Uint8Array(3))],
  ['start codes instead of lengths', new Uint8Array([0, 0, 0, 1, 0x65, 1, 2, 3])],
  ['the forbidden bit', changed(nal(5), 4, 0x85)],
  ['four bytes', new Uint8Array([0, 0, 0, 0])],
])('V6 garbage for a picture is refused: %s', (_, bytes) => {
  expect(inspect(packet(bytes, true))).toBeNull()
})

test('V6 sound is raw AAC: an ADTS header or 10 KB of it are refused', () => {
  expect(inspect(sound(0))).toMatchObject({ key: true })
  expect(inspect({ ...sound(0), bytes: new Uint8Array([0xff, 0xf1, 0x50]) })).toBeNull()
  expect(inspect({ ...sound(0), bytes: new Uint8Array(10_000) })).toBeNull()
})

test('V6 no bytes make the checks throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(AVC, AAC), (bytes, config) => {
      configFault({ ...config, description: bytes })
      inspect(packet(bytes))
      inspect({ ...sound(0), bytes })
    }),
  )
})

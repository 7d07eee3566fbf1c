import { expect, test } from 'vitest'
import { createSeededRandom } from '../../test/random.ts'
import { createUnframer, framed } from './framing.ts'

test('V32 frames come out as they went in, in whatever pieces they arrive', () => {
  const random = createSeededRandom(7)
  const frames = Array.from({ length: 60 }, () =>
    Uint8Array.from({ length: random.below(400) }, () => random.below(256)),
  )
  const bytes = Buffer.concat(frames.flatMap((frame) => framed([frame.subarray(0, 3), frame.subarray(3)])))
  for (const most of [1, 2, 3, 7, 100, 1_000, bytes.byteLength]) {
    const got: Uint8Array[] = []
    const take = createUnframer(
      () => 400,
      (frame) => got.push(frame),
    )
    for (let at = 0; at < bytes.byteLength;) {
      const next = at + 1 + random.below(most)
      expect(take(bytes.subarray(at, next))).toBe(true)
      at = next
    }
    expect(got).toEqual(frames)
  }
})

test('V32 a frame that is too long is refused by its length, before it comes', () => {
  const got: Uint8Array[] = []
  let most = 10
  const take = createUnframer(
    () => most,
    (frame) => got.push(frame),
  )
  expect(take(Buffer.concat(framed([new Uint8Array(10)])))).toBe(true)
  expect(take(Buffer.concat(framed([new Uint8Array(11)])).subarray(0, 4))).toBe(false)
  most = 100
  expect(take(new Uint8Array(11))).toBe(false)
  expect(got).toHaveLength(1)
})

import { expect, test } from 'vitest'
import { createSeededRandom } from '../../test/random.ts'
import { createChunkReader, joined } from './chunks-in.ts'
import { createChunkWriter } from './chunks-out.ts'
import { TYPE, type RtmpMessage } from './messages.ts'

const MOST = 100_000
const payload = (size: number, seed = 1) => new Uint8Array(size).map((_, i) => (i * 7 + seed) & 255)
const video = (ts: number, bytes: Uint8Array, channel = 6) => ({
  ...{ channel, type: TYPE.video, stream: 1, ts, payload: bytes },
})
const all = (pieces: readonly Uint8Array[]) => pieces.reduce((a, b) => joined(a, b), new Uint8Array(0))
const plain = ({ type, stream, ts, payload: bytes }: RtmpMessage) => ({
  ...{ type, stream, ts },
  payload: Buffer.from(bytes).toString('base64'),
})

/** Everything in pieces of random lengths. */
function readIn(bytes: Uint8Array, next: (at: number) => number, reader = createChunkReader(MOST)) {
  const messages: ReturnType<typeof plain>[] = []
  let fault: string | null = null
  for (let at = 0; at < bytes.byteLength && fault === null;) {
    const size = next(at)
    const got = reader.push(bytes.subarray(at, at + size))
    messages.push(...got.messages.map(plain))
    fault = got.fault
    at += size
  }
  return { messages, fault }
}

test('V10 messages come back whole however they are cut, beyond 24 bits of time too', () => {
  const writer = createChunkWriter()
  const sent = [
    video(0, payload(5)),
    video(40, payload(1_000)),
    video(0xfffffe, payload(128)),
    video(0xffffff, payload(129)),
    video(0x89abcdef, payload(5_000)),
  ]
  const resized = [video(0xffffffff, payload(70_000)), video(7, new Uint8Array(0))]
  const bytes = all([
    ...sent.map((message) => writer.message(message)),
    writer.resize(4_096),
    ...resized.map((message) => writer.message(message)),
  ])
  const expected = [...sent, ...resized].map(plain)
  expect(readIn(bytes, () => bytes.byteLength)).toEqual({ messages: expected, fault: null })
  expect(readIn(bytes.subarray(0, 4_000), () => 1).messages).toEqual(expected.slice(0, 4))
  for (let seed = 1; seed <= 20; seed++) {
    const random = createSeededRandom(seed)
    expect(readIn(bytes, () => 1 + random.below(3_000)).messages).toEqual(expected)
  }
})

test('V10 headers that leave out what has not changed are read with it', () => {
  const body = payload(3)
  const bytes = new Uint8Array([
    ...[0x06, 0, 0, 100, 0, 0, 3, 9, 1, 0, 0, 0, ...body], // all of it: at 100
    ...[0x46, 0, 0, 10, 0, 0, 3, 8, ...body], // another kind, 10 later
    ...[0x86, 0, 0, 20, ...body], // 20 later
    ...[0xc6, ...body], // and again
    ...[0x00, 6, 0, 0, 5, 0, 0, 3, 9, 2, 0, 0, 0, ...body], // channel 70, in two bytes
    ...[0x01, 6, 1, 0, 0, 6, 0, 0, 3, 9, 3, 0, 0, 0, ...body], // channel 326, in three
    ...[0xc6, ...body],
  ])
  const { messages, fault } = readIn(bytes, () => 1)
  expect(fault).toBeNull()
  expect(messages.map(({ type, stream, ts }) => [type, stream, ts])).toEqual([
    [9, 1, 100],
    [8, 1, 110],
    [8, 1, 130],
    [8, 1, 150],
    [9, 2, 5],
    [9, 3, 6],
    [8, 1, 170],
  ])
})

test('V10 messages that are woven into each other come apart, and an aborted one never comes', () => {
  const head = (channel: number, size: number, type: number) => [
    channel,
    0,
    0,
    0,
    0,
    0,
    size,
    type,
    1,
    0,
    0,
    0,
  ]
  const [a, b] = [payload(200, 1), payload(200, 2)]
  const woven = new Uint8Array([
    ...[...head(4, 200, 8), ...a.subarray(0, 128), ...head(6, 200, 9), ...b.subarray(0, 128)],
    ...[0xc4, ...a.subarray(128), 0xc6, ...b.subarray(128)],
    ...[...head(4, 200, 8), ...a.subarray(0, 128), ...head(2, 4, 2), 0, 0, 0, 4], // begun, and given up
    ...[...head(4, 3, 8), 1, 2, 3],
  ])
  const { messages, fault } = readIn(woven, () => 17)
  expect(fault).toBeNull()
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  expect(messages.map(({ type, payload: bytes }) => [type, bytes])).toEqual([
    [8, text(a)],
    [9, text(b)],
    [8, 'AQID'],
  ])
})

test('V10 an extended time that is not repeated with every chunk is understood as well', () => {
  const bytes = new Uint8Array([
    0x06,
    255,
    255,
    255,
    0,
    0,
    200,
    9,
    1,
    0,
    0,
    0,
    1,
    2,
    3,
    4,
    ...payload(128),
    0xc6,
    ...payload(72),
  ])
  const { messages } = readIn(bytes, () => 50)
  expect(messages.map(({ ts, payload: body }) => [ts, Buffer.from(body, 'base64').byteLength])).toEqual([
    [0x01020304, 200],
  ])
})

test('V12 what is too long, too much or refers to nothing ends it, in words', () => {
  const head = (channel: number, size: number) => [
    channel,
    0,
    0,
    0,
    size >> 16,
    (size >> 8) & 255,
    size & 255,
    9,
    1,
    0,
    0,
    0,
  ]
  const faultOf = (bytes: readonly number[], most = MOST) =>
    createChunkReader(most).push(new Uint8Array(bytes)).fault
  expect(faultOf([0xc6])).toContain('refers to one that never came')
  expect(faultOf(head(6, MOST + 1))).toContain('too long')
  expect(faultOf(head(6, 20_000), 16_384)).toContain('too long')
  expect(faultOf([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0])).toContain('not allowed')
  expect(faultOf([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0x80, 0, 0, 1])).toContain('not allowed')
  expect(faultOf([2, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0])).toContain('too short')
  const many = Array.from({ length: 33 }, (_, i) => [...head(3 + i, 1), 0]).flat()
  expect(faultOf(many)).toContain('Too many')
})

test('V12 what is held of messages that never end is bounded', () => {
  const reader = createChunkReader(MOST)
  reader.push(new Uint8Array([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 1, 0, 0])) // chunks of 64 KB
  const begin = (channel: number) => {
    const head = [channel, 0, 0, 0, 1, 0x80, 0, 9, 1, 0, 0, 0] // 96 KB are to come
    return reader.push(new Uint8Array([...head, ...payload(65_536)])).fault
  }
  expect([3, 4, 5, 6].map(begin)).toEqual([null, null, null, 'Too many messages at once.'])
  // A length that is only claimed costs nothing.
  const claims = createChunkReader(MOST)
  for (let channel = 3; channel < 34; channel++)
    expect(
      claims.push(new Uint8Array([channel, 0, 0, 0, 1, 0x80, 0, 9, 1, 0, 0, 0, ...payload(128)])).fault,
    ).toBeNull()
})

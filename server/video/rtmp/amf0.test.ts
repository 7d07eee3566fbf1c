import { expect, test } from 'vitest'
import { decodeAmf, encodeAmf } from './amf0.ts'

test('commands read back as they were written', () => {
  const bytes = encodeAmf(
    'connect',
    1,
    { app: 'live', ok: true, inner: { nothing: null, unset: undefined } },
    null,
  )
  expect(decodeAmf(bytes)).toEqual([
    'connect',
    1,
    new Map<string, unknown>([
      ['app', 'live'],
      ['ok', true],
      [
        'inner',
        new Map([
          ['nothing', null],
          ['unset', undefined],
        ]),
      ],
    ]),
    null,
  ])
})

test('what others write is read too: arrays, dates, long texts, typed objects', () => {
  const ecma = [8, 0, 0, 0, 9, 0, 1, 97, 5, 0, 0, 9]
  const strict = [10, 0, 0, 0, 2, 5, 1, 1]
  const date = [11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  const long = [12, 0, 0, 0, 2, 104, 105]
  const typed = [16, 0, 1, 84, 0, 1, 97, 6, 0, 0, 9]
  expect(decodeAmf(new Uint8Array([...ecma, ...strict, ...date, ...long, ...typed]))).toEqual([
    new Map([['a', null]]),
    [null, true],
    0,
    'hi',
    new Map([['a', undefined]]),
  ])
})

test('V12 what is cut off, deep, endless or unknown is nothing', () => {
  const whole = encodeAmf('publish', 5, { deep: { deeper: 'text' } })
  for (let length = 1; length < whole.byteLength; length++) {
    const cut = decodeAmf(whole.subarray(0, length))
    expect(cut === null || cut.length < 3).toBe(true)
  }
  const nested = (depth: number) =>
    new Uint8Array(
      Array.from({ length: depth }, () => [10, 0, 0, 0, 1])
        .flat()
        .concat(5),
    )
  expect(decodeAmf(nested(8))).not.toBeNull()
  expect(decodeAmf(nested(9))).toBeNull()
  expect(decodeAmf(new Uint8Array(100_000).fill(5))).toBeNull()
  expect(decodeAmf(new Uint8Array([10, 255, 255, 255, 255, 5]))).toBeNull()
  expect(decodeAmf(new Uint8Array([17, 1]))).toBeNull()
  expect(decodeAmf(new Uint8Array([7, 0, 0]))).toBeNull()
})

test('V12 names that mean something in objects mean nothing here', () => {
  const [map] =
    decodeAmf(new Uint8Array([3, 0, 9, ...new TextEncoder().encode('__proto__'), 1, 1, 0, 0, 9])) ?? []
  expect(map).toEqual(new Map([['__proto__', true]]))
})

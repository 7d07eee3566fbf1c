import { expect, test } from 'vitest'
import { optionsOf } from './options.ts'

const usual = { size: 22, fadeMs: null, pin: true, debug: false }

test('without options an overlay is readable, stays and is silent about itself', () => {
  expect(optionsOf('')).toEqual(usual)
})

test('size, fade, pin and debug are taken from the address', () => {
  expect(optionsOf('?size=30&fade=12.5&pin=0&debug=1')).toEqual({
    size: 30,
    fadeMs: 12_500,
    pin: false,
    debug: true,
  })
})

test.each(['size=big', 'size=-5', 'size=', 'size=1e9', 'fade=0', 'fade=soon', 'pin=', 'debug=yes'])(
  'nonsense counts as not given: %s',
  (given) => expect(optionsOf(`?${given}`)).toEqual(usual),
)

test('what is too much is bounded', () => {
  expect(optionsOf('?size=999')).toMatchObject({ size: 120 })
  expect(optionsOf('?size=1')).toMatchObject({ size: 8 })
  expect(optionsOf('?fade=999999')).toMatchObject({ fadeMs: 3_600_000 })
})

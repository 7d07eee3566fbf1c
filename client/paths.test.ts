import { expect, test } from 'vitest'
import { nextHere, signInFrom, slugHere } from './paths.ts'

test('the slug is the second part of the address', () => {
  expect(slugHere('/watch/friday-night')).toBe('friday-night')
  expect(slugHere('/studio/a%20b/')).toBe('a b')
  expect(slugHere('/watch')).toBe('')
})

test('a broken escape is no slug', () => {
  expect(slugHere('/watch/%E0%A4%A')).toBe('')
})

test('sign-in comes back to where it was asked for', () => {
  const address = new URL(signInFrom('/watch/friday'), 'https://stage.example')
  expect(nextHere(address.search)).toBe('/watch/friday')
})

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '/\t/evil.example',
  '',
])('`next` never leads to another site: %s', (next) => {
  expect(nextHere(`?next=${encodeURIComponent(next)}`)).toBeNull()
})

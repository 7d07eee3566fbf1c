import { expect, test } from 'vitest'
import { missing, troubleOf } from './troubles.ts'

const named = (name: string): Error => Object.assign(new Error('x'), { name })

test.each(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'SecurityError', 'OverconstrainedError'])(
  '%s says what is wrong and what to do',
  (name) => {
    const trouble = troubleOf(named(name), 'camera')
    expect(trouble?.title).toContain('camera')
    expect(trouble?.more.length).toBeGreaterThan(20)
  },
)

test('closing the screen picker is a choice, not a trouble', () => {
  expect(troubleOf(named('NotAllowedError'), 'screen')).toBeNull()
  expect(troubleOf(named('NotReadableError'), 'screen')).not.toBeNull()
})

test('what is not an error of the browser still has words', () => {
  expect(troubleOf('odd', 'microphone')?.title).toBe('Your microphone did not start')
})

test('an insecure address is named before a missing encoder', () => {
  expect(missing({ secure: false, devices: false, encoder: false })?.title).toContain('secure')
  expect(missing({ secure: true, devices: true, encoder: false })?.title).toContain('encode')
  expect(missing({ secure: true, devices: true, encoder: true })).toBeNull()
})

import { expect, test } from 'vitest'
import { fromLocalInput, toLocalInput } from './local-time.ts'

test('a moment survives the way into the field and back, to the minute', () => {
  const at = new Date(2026, 10, 21, 20, 5).getTime()
  expect(toLocalInput(at)).toBe('2026-11-21T20:05')
  expect(fromLocalInput(toLocalInput(at))).toBe(at)
})

test('no start time is null, nonsense is neither', () => {
  expect(fromLocalInput(toLocalInput(null))).toBeNull()
  expect(fromLocalInput('2026-13-45T99:99')).toBeUndefined()
})

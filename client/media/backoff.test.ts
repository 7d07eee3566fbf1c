import { expect, test } from 'vitest'
import { afterClose, backoffMs } from './backoff.ts'

test('waits spread over the whole range, whose ceiling doubles up to a bound', () => {
  expect(backoffMs(1, 0)).toBe(0)
  expect(backoffMs(1, 0.999)).toBe(400)
  expect(backoffMs(4, 0.5)).toBe(1_600)
  expect(backoffMs(50, 0.5)).toBe(4_000)
  expect(backoffMs(50, 0.5, 2_000)).toBe(1_000)
})

test('close codes decide whether and with what to come back', () => {
  expect(afterClose({ code: 4403, reason: '' }, 1, 0.5)).toEqual({ retry: false })
  expect(afterClose({ code: 4401, reason: '' }, 1, 0.5)).toEqual({ retry: true, afterMs: 200, newPass: true })
  expect(afterClose({ code: 1006, reason: '' }, 1, 0.5)).toEqual({
    retry: true,
    afterMs: 200,
    newPass: false,
  })
})

test('a server that says when is not asked earlier, nor by all at once', () => {
  const closed = { code: 4503, reason: 'draining retry_in_ms=3000' }
  expect(afterClose(closed, 1, 0)).toEqual({ retry: true, afterMs: 3_000, newPass: false })
  expect(afterClose(closed, 1, 0.5)).toEqual({ retry: true, afterMs: 3_200, newPass: false })
})

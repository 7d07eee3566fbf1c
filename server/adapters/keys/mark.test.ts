import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { markOf } from './mark.ts'

test('O10 one key has one mark, another has another, and neither shows its key', () => {
  const bytes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const
  const [one, other] = [createSecretKey(bytes[0]), createSecretKey(bytes[1])]
  expect(markOf(one)).toMatch(/^[0-9a-f]{64}$/)
  expect(markOf(createSecretKey(bytes[0]))).toBe(markOf(one))
  expect(markOf(other)).not.toBe(markOf(one))
  expect(markOf(one)).not.toContain(bytes[0].toString('hex').slice(0, 8))
})

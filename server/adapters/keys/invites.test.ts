import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { createInviteSecrets } from './invites.ts'

const secrets = (byte: number) => createInviteSecrets(createSecretKey(Buffer.alloc(32, byte)))

test('P41 the secret of an invite link is that of one key, stream and revision', () => {
  const { of, is } = secrets(1)
  const secret = of('show', 1)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(of('show', 1)).toBe(secret)
  expect(is('show', 1, secret)).toBe(true)
  const others = [of('show', 2), of('other', 1), secrets(2).of('show', 1)]
  expect(new Set([secret, ...others]).size).toBe(4)
  for (const other of others) expect(is('show', 1, other)).toBe(false)
})

test.each(['', 'x', 'a'.repeat(43), 'a'.repeat(128), '%00', 'ключ'])(
  'P41 %j is no secret, and no fault',
  (given) => {
    expect(secrets(1).is('show', 1, given)).toBe(false)
  },
)

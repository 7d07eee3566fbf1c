import { expect, test } from 'vitest'
import { createPasswords } from './index.ts'

test('a password is right once hashed, wrong when it differs, and never stored twice alike', async () => {
  const passwords = await createPasswords('nobody knows')
  const stored = await passwords.hash('correct horse')
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await passwords.hash('correct horse')).not.toBe(stored)
  expect(await passwords.verify(stored, 'correct horse')).toBe(true)
  expect(await passwords.verify(stored, 'correct horsf')).toBe(false)
  expect(await passwords.verify(null, 'nobody knows')).toBe(false)
})

test('composed and decomposed letters are the same password', async () => {
  const passwords = await createPasswords('nobody knows')
  expect(await passwords.verify(await passwords.hash('d\u00e9j\u00e0'), 'de\u0301ja\u0300')).toBe(true)
})

test('I5 an account that does not exist takes as long as one that does', async () => {
  const passwords = await createPasswords('nobody knows')
  const stored = await passwords.hash('correct horse')
  const spent: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
  // In turns, and by the CPU of this process: a busy machine slows nobody.
  for (let i = 0; i < 15; i += 1)
    for (const [which, hash] of [
      ['known', stored],
      ['unknown', null],
    ] as const) {
      const before = process.cpuUsage()
      await passwords.verify(hash, 'a guess')
      const { user, system } = process.cpuUsage(before)
      spent[which].push(user + system)
    }
  const median = (times: number[]) => times.sort((a, b) => a - b)[7]!
  const ratio = median(spent.unknown) / median(spent.known)
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})

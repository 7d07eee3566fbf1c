import { chmod, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadKey } from './index.ts'

const folder = () => mkdtemp(join(tmpdir(), 'stagedoor-keys-'))

test('the key is made once, kept for this user alone, and the same after a restart', async () => {
  const dir = await folder()
  const first = await loadKey(dir, null)
  const again = await loadKey(dir, null)
  expect(first.export().equals(again.export())).toBe(true)
  expect(first.symmetricKeySize).toBe(32)
  const { mode } = await stat(join(dir, 'keys/session.key'))
  expect(mode & 0o777).toBe(0o600)
  expect(await readdir(join(dir, 'keys'))).toEqual(['session.key'])
})

test('two nodes that start together end with one key', async () => {
  const dir = await folder()
  const keys = await Promise.all([loadKey(dir, null), loadKey(dir, null), loadKey(dir, null)])
  expect(new Set(keys.map((key) => key.export().toString('hex'))).size).toBe(1)
})

test('a key from the environment wins and no file is written', async () => {
  const dir = await folder()
  const bytes = Buffer.alloc(32, 7)
  const key = await loadKey(dir, bytes.toString('base64url'))
  expect(key.export().equals(bytes)).toBe(true)
  expect(await readdir(dir)).toEqual([])
})

test('a damaged file is said, never replaced', async () => {
  const dir = await folder()
  await loadKey(dir, null)
  const file = join(dir, 'keys/session.key')
  await chmod(file, 0o600)
  await writeFile(file, 'short\n')
  await expect(loadKey(dir, null)).rejects.toThrow('session.key is damaged')
})

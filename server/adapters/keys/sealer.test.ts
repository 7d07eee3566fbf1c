import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer } from './sealer.ts'

const key = (byte: number) => createSecretKey(Buffer.alloc(32, byte))

test('V13 what was sealed opens for the same thing under the same key, and for nothing else', () => {
  const sealer = createSealer(key(1), 'targets')
  const sealed = sealer.seal('live_1234', 'stream target')
  expect(sealed).not.toContain('live')
  expect(sealer.seal('live_1234', 'stream target')).not.toBe(sealed)
  expect(sealer.open(sealed, 'stream target')).toBe('live_1234')
  expect(sealer.open(sealed, 'stream another')).toBeNull()
  expect(createSealer(key(2), 'targets').open(sealed, 'stream target')).toBeNull()
  expect(createSealer(key(1), 'something else').open(sealed, 'stream target')).toBeNull()
  for (const broken of ['', 'AAAA', sealed.slice(0, -2), `A${sealed.slice(1)}`])
    if (broken !== sealed) expect(sealer.open(broken, 'stream target')).toBeNull()
})

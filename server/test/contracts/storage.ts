// What every storage of recordings does.
import { expect, test } from 'vitest'
import type { Storage } from '../../app/video-ports.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (read: Uint8Array | null) => read && new TextDecoder().decode(read)

export function storageContract(open: () => Promise<Storage>): void {
  test('V14 gives back what was put under a key, whole or a range of it, and nothing else', async () => {
    const storage = await open()
    await storage.put('one/a-0.m4s', bytes('hello'))
    expect(textOf(await storage.get('one/a-0.m4s'))).toBe('hello')
    expect(textOf(await storage.get('one/a-0.m4s', { from: 1, to: 3 }))).toBe('el')
    expect(textOf(await storage.get('one/a-0.m4s', { from: 3, to: 99 }))).toBe('lo')
    expect(textOf(await storage.get('one/a-0.m4s', { from: 9, to: 12 }))).toBe('')
    expect(await storage.get('one/a-1.m4s')).toBeNull()
    expect(await storage.get('two/a-0.m4s')).toBeNull()
    await storage.put('one/a-0.m4s', bytes('again'))
    expect(textOf(await storage.get('one/a-0.m4s'))).toBe('again')
  })

  test('V14 lists a folder and what is below it, with sizes, however much there is', async () => {
    const storage = await open()
    const keys = Array.from({ length: 10 }, (_, i) => `show/a-${i}.m4s`)
    for (const [i, key] of keys.entries()) await storage.put(key, new Uint8Array(i))
    await storage.put('show/thumbs/5.jpg', new Uint8Array(7))
    await storage.put('show2/a-0.m4s', new Uint8Array(1))
    const listed = (await storage.list('show/')).sort((a, b) => (a.key < b.key ? -1 : 1))
    expect(listed).toEqual([
      ...keys.map((key, i) => ({ key, bytes: i })),
      { key: 'show/thumbs/5.jpg', bytes: 7 },
    ])
    expect(await storage.list('nothing/')).toEqual([])
  })

  test('V14 removes a folder and nothing beside it; of nothing it removes nothing', async () => {
    const storage = await open()
    for (let i = 0; i < 8; i++) await storage.put(`gone/a-${i}.m4s`, bytes('x'))
    await storage.put('gone/thumbs/1.jpg', bytes('x'))
    await storage.put('gone2/a-0.m4s', bytes('x'))
    await storage.remove('gone/')
    await storage.remove('never/')
    expect(await storage.list('gone/')).toEqual([])
    expect(await storage.list('gone2/')).toHaveLength(1)
  })

  test.each([
    '../x/a',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    'a',
    'a/.b',
    '.a/b',
    'a/b\0c',
    'a/b/',
    'a\\b/c',
    'a/%2e%2e/b',
    `a/${'x'.repeat(200)}`,
  ])('V14 a key that is more than names is refused: %j', async (key) => {
    const storage = await open()
    await expect((async () => storage.put(key, bytes('x')))()).rejects.toThrow('not a key')
    await expect((async () => storage.get(key))()).rejects.toThrow('not a key')
    await expect((async () => storage.remove(`${key}/../`))()).rejects.toThrow('not a folder')
    await expect((async () => storage.list(`../${key}`))()).rejects.toThrow('not a folder')
  })
}

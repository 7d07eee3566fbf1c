import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storageContract } from '../../test/contracts/storage.ts'
import { ACCESS, startFakeS3, type FakeS3 } from '../../test/fake-s3.ts'
import { createDiskStorage } from './disk.ts'
import { openS3Storage } from './s3.ts'

describe('on the disk', () => {
  let folder: string
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'stagedoor-storage-'))))
  afterEach(() => rm(folder, { recursive: true }))

  storageContract(() => Promise.resolve(createDiskStorage(folder)))

  test('V14 what was not written to its end has no name, and is not listed', async () => {
    const storage = createDiskStorage(folder)
    await storage.put('show/a-0.m4s', new Uint8Array(3))
    await writeFile(join(folder, 'show/.half'), 'ha')
    expect(await storage.list('show/')).toEqual([{ key: 'show/a-0.m4s', bytes: 3 }])
  })

  test('V14 a file that cannot take its name leaves nothing behind', async () => {
    const storage = createDiskStorage(folder)
    await storage.put('show/a-0.m4s/x', new Uint8Array(3))
    await expect(storage.put('show/a-0.m4s', new Uint8Array(3))).rejects.toThrow()
    expect(await readdir(join(folder, 'show'))).toEqual(['a-0.m4s'])
  })

  test('V14 says how much room is left, before anything was put', async () => {
    expect(await createDiskStorage(join(folder, 'new')).free()).toBeGreaterThan(0)
  })
})

describe('in a bucket', () => {
  let s3: FakeS3
  beforeAll(async () => void (s3 = await startFakeS3()))
  afterEach(() => {
    s3.objects.clear()
    s3.failing = null
  })
  afterAll(() => s3.close())
  const open = async (secretAccessKey = ACCESS.secretAccessKey) =>
    openS3Storage({
      ...ACCESS,
      secretAccessKey,
      ...{ bucket: s3.bucket, endpoint: s3.endpoint },
      region: 'us-east-1',
      pathStyle: true,
    })

  storageContract(async () => (await open()).storage)

  test('V14 a presigned address reads one object without a key, and no other', async () => {
    const { storage, origin } = await open()
    await storage.put('show/a-0.m4s', new Uint8Array([1, 2, 3]))
    await storage.put('show/a-1.m4s', new Uint8Array([4]))
    const address = (await storage.presign('show/a-0.m4s'))!
    expect(new URL(address).origin).toBe(origin)
    expect(origin).toBe(s3.endpoint)
    expect(new URL(address).searchParams.get('X-Amz-Expires')).toBe('300')
    const read = await fetch(address)
    expect(new Uint8Array(await read.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]))
    expect((await fetch(address.replace('a-0', 'a-1'))).status).toBe(403)
    expect((await fetch(address.split('?')[0]!)).status).toBe(403)
    expect(address).not.toContain(ACCESS.secretAccessKey)
  })

  test('V14 a wrong key, or a bucket that refuses, is an error and nothing else', async () => {
    const { storage } = await open('another secret')
    await expect(storage.put('show/a-0.m4s', new Uint8Array(1))).rejects.toThrow('SignatureDoesNotMatch')
    await expect(storage.get('show/a-0.m4s')).rejects.toThrow('SignatureDoesNotMatch')
    s3.failing = { status: 400 }
    await expect((await open()).storage.get('show/a-0.m4s')).rejects.toThrow()
    expect(s3.objects.size).toBe(0)
  })
})

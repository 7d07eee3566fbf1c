import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFiles } from './index.ts'

async function build() {
  const parent = await mkdtemp(join(tmpdir(), 'stagedoor-files-'))
  const dir = join(parent, 'client')
  await mkdir(join(dir, 'assets'), { recursive: true })
  await writeFile(join(parent, 'secret.txt'), 'secret')
  await writeFile(join(dir, 'home.html'), '<p>home')
  await writeFile(join(dir, 'assets/app-1a.js'), 'plain')
  await writeFile(join(dir, 'assets/app-1a.js.br'), 'brotli')
  await writeFile(join(dir, 'assets/app-1a.js.gz'), 'gzip')
  await writeFile(join(dir, 'assets/aac.wasm'), 'wasm')
  return createFiles(dir)
}
const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()

test.each([
  ['br, gzip', 'brotli', 'br'],
  ['gzip, deflate', 'gzip', 'gzip'],
  ['GZIP;q=0.5, br;q=0', 'gzip', 'gzip'],
  ['*', 'brotli', 'br'],
  ['br;q=0.0, gzip; q=0', 'plain', null],
  ['', 'plain', null],
])('Accept-Encoding %s gets %s', async (accept, body, encoding) => {
  const file = (await build()).get('/assets/app-1a.js', accept)
  expect([textOf(file?.body), file?.encoding]).toEqual([body, encoding])
  expect(file?.contentType).toBe('text/javascript; charset=utf-8')
})

test('every encoding has a tag of its own', async () => {
  const files = await build()
  const tags = ['br', 'gzip', ''].map((accept) => files.get('/assets/app-1a.js', accept)?.etag)
  expect(new Set(tags).size).toBe(3)
  expect(tags[0]).toMatch(/^"[\w-]{22}"$/)
})

test('types follow the name; what is not compressed is served as it is', async () => {
  const files = await build()
  expect(files.get('/home.html', 'br')).toMatchObject({
    contentType: 'text/html; charset=utf-8',
    encoding: null,
  })
  expect(files.get('/assets/aac.wasm', '')?.contentType).toBe('application/wasm')
})

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '//home.html',
  'home.html',
  '/assets',
  '/assets/',
  '/assets/app-1a.js.br',
  '/home.html\0',
  '/constructor',
])('%s names no file', async (path) => {
  expect((await build()).get(path, '')).toBeNull()
})

test('a build that is not there is one clear line', async () => {
  await expect(createFiles('/nowhere/client')).rejects.toThrow('The pages are not built: /nowhere/client')
})

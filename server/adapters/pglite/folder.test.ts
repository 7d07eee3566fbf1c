import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFolder } from './folder.ts'

let root: string
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'stagedoor-folder-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('O2 one process has the folder; another is told which', async () => {
  const folder = await openFolder(root)
  await expect(openFolder(root)).rejects.toThrow(
    `${root} (DATA_DIR) is in use by another process (pid ${process.pid})`,
  )
  await folder.unlock()
  await (await openFolder(root)).unlock()
})

test('O3 the lock of a killed process is no lock', async () => {
  const lock = join(root, 'run', 'lock.sock')
  await (await openFolder(root)).unlock()
  const script = `require('net').createServer().listen(${JSON.stringify(lock)}, () => process.kill(process.pid, 'SIGKILL'))`
  expect(spawnSync(process.execPath, ['-e', script]).signal).toBe('SIGKILL')
  expect(existsSync(lock)).toBe(true)
  await (await openFolder(root)).unlock()
})

test('O2 of many that start at once after a crash, one gets the folder', async () => {
  const lock = join(root, 'run', 'lock.sock')
  await (await openFolder(root)).unlock()
  const script = `require('net').createServer().listen(${JSON.stringify(lock)}, () => process.kill(process.pid, 'SIGKILL'))`
  for (let round = 0; round < 5; round++) {
    spawnSync(process.execPath, ['-e', script])
    const starts = await Promise.allSettled(Array.from({ length: 20 }, () => openFolder(root)))
    const got = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    expect(got).toHaveLength(1)
    await got[0]?.unlock()
  }
})

test('O2 whoever was killed while clearing up after another keeps nobody out for long', async () => {
  const run = join(root, 'run')
  await (await openFolder(root)).unlock()
  writeFileSync(join(run, 'lock.sock'), '') // nobody listens there
  const clearing = join(run, 'lock.sock.clearing')
  mkdirSync(clearing)
  await expect(openFolder(root)).rejects.toThrow('in use')
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(clearing, longAgo, longAgo)
  await (await openFolder(root)).unlock()
})

test('the socket’s folder is private, and its path short enough for the kernel', async () => {
  const deep = join(root, 'x'.repeat(90))
  for (const dataDir of [root, deep]) {
    const folder = await openFolder(dataDir)
    expect(Buffer.byteLength(folder.socket)).toBeLessThanOrEqual(100)
    expect(statSync(folder.run).mode & 0o777).toBe(0o700)
    await expect(openFolder(dataDir)).rejects.toThrow('in use')
    const server = createServer().listen(folder.socket)
    await new Promise((done) => server.once('listening', done))
    server.close()
    await folder.unlock()
    if (dataDir === deep) rmSync(folder.run, { recursive: true })
  }
})

test('O2 a folder that cannot be made is one line that names it', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  await expect(openFolder(join(file, 'data'))).rejects.toThrow(
    `the data folder ${file}/data cannot be used (DATA_DIR): ENOTDIR`,
  )
})

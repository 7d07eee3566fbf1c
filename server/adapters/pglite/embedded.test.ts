import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEmbedded } from './embedded.ts'
import { openFolder } from './folder.ts'

let dataDir: string
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'stagedoor-embedded-'))))
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const worker = new URL('./worker.ts', import.meta.url)
const open = (failures: Error[] = []) =>
  openEmbedded({ dataDir, worker, onFailure: (error) => failures.push(error) })

async function ask(connection: { host: string; user: string; database: string }, sql: string) {
  const client = new Client(connection)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

test('O3 a first start that was killed half-way is a first start again', async () => {
  mkdirSync(join(dataDir, 'pglite.new'))
  writeFileSync(join(dataDir, 'pglite.new', 'PG_VERSION'), '18')
  const embedded = await open()
  expect(readdirSync(dataDir).sort()).toEqual(['pglite', 'run'])
  const settings = `select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method,
    current_setting('synchronous_commit') as commit`
  expect(await ask(embedded.connection, settings)).toEqual([{ fsync: 'on', method: 'fsync', commit: 'on' }])
  await ask(embedded.connection, 'create table kept as select 1 as n')
  await embedded.close()
  expect(existsSync(join(dataDir, 'run', '.s.PGSQL.5432'))).toBe(false)
  const again = await open()
  expect(await ask(again.connection, 'select n from kept')).toEqual([{ n: 1 }])
  await again.close()
}, 60_000)

test('a thread that died is one failure, and closing still ends and leaves the folder free', async () => {
  const dying = join(dataDir, 'dying.mjs')
  writeFileSync(
    dying,
    `import { parentPort } from 'node:worker_threads'
    parentPort.postMessage({ type: 'ready' })
    parentPort.once('message', () => process.exit(7))`,
  )
  const died: Error[] = []
  const embedded = await openEmbedded({
    dataDir,
    worker: pathToFileURL(dying),
    onFailure: (error) => died.push(error),
  })
  await expect(embedded.confine()).rejects.toThrow('the worker ended with 7')
  await expect.poll(() => died).toHaveLength(1)
  await expect(embedded.close()).rejects.toThrow('the worker ended with 7')
  await (await openFolder(dataDir)).unlock()
})

test('a database that cannot be opened is an error, and leaves the folder free', async () => {
  mkdirSync(join(dataDir, 'pglite'))
  writeFileSync(join(dataDir, 'pglite', 'PG_VERSION'), '9.6')
  const failures: Error[] = []
  const attempt = () => expect(open(failures)).rejects.toThrow(/^embedded database: /)
  await attempt()
  await attempt()
  expect(failures).toEqual([])
}, 60_000)

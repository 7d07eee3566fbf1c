// What a killed process and a killed database leave behind.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJournal } from '../adapters/pg/journal.ts'
import { isUnavailable } from '../adapters/pg/fault.ts'
import { migrate, readMigrations } from '../adapters/pg/migrate.ts'
import { createPeople } from '../adapters/pg/people.ts'
import { openPool } from '../adapters/pg/pool.ts'
import { createStreams } from '../adapters/pg/streams.ts'
import { openEmbedded } from '../adapters/pglite/embedded.ts'
import { createStage, everything, textsOf } from './contracts/world.ts'
import { noPostgres, startCluster, type Cluster } from './cluster.ts'
import { quiet, sqlFolder } from './databases.ts'

const worker = new URL('../adapters/pglite/worker.ts', import.meta.url)
const open = (dataDir: string) =>
  openEmbedded({
    dataDir,
    worker,
    onFailure: (error) => {
      throw error
    },
  })

describe('the embedded database', () => {
  let dataDir: string
  beforeAll(() => void (dataDir = mkdtempSync(join(tmpdir(), 'stagedoor-crash-'))))
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

  test('O3 after kill -9 everything acknowledged is there, once, and seq is dense', async () => {
    const [stream, sender] = [randomUUID(), randomUUID()]
    const acknowledged: string[] = []
    for (const upTo of [200, 500, 1_200]) {
      const script = new URL('crash-child.ts', import.meta.url).pathname
      const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir, stream, sender], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const exited = new Promise((done) => child.once('exit', done))
      for await (const line of createInterface({ input: child.stdout }))
        if (acknowledged.push(line) === upTo) child.kill('SIGKILL')
      await exited
      expect(acknowledged.length).toBeGreaterThanOrEqual(upTo)
    }
    const embedded = await open(dataDir)
    await embedded.confine()
    const pool = openPool({ ...embedded.connection, role: 'stagedoor_app', applicationName: 'test' }, quiet)
    const entries = await everything(createJournal(pool), null, { kind: 'room', stream })
    const texts = textsOf(entries)
    await pool.end()
    await embedded.close()
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
    expect(new Set(texts).size).toBe(texts.length)
    expect(acknowledged.filter((id) => !texts.includes(id))).toEqual([])
  }, 120_000)

  test('O2 a folder that is in use is one clear line, and free again once it is closed', async () => {
    const first = await open(dataDir)
    await expect(open(dataDir)).rejects.toThrow(
      `the data folder ${dataDir} (DATA_DIR) is in use by another process (pid ${process.pid})`,
    )
    await first.close()
    const second = await open(dataDir)
    await second.close()
  }, 60_000)
})

describe.skipIf(noPostgres !== null)('postgres', () => {
  let cluster: Cluster
  beforeAll(async () => void (cluster = await startCluster()))
  afterAll(() => cluster.stop())

  test('M6 O3 while the database is away every call says so; after it is back nothing acknowledged is lost', async () => {
    const connection = { host: cluster.host, user: 'postgres', database: 'postgres', applicationName: 'test' }
    const above = openPool({ ...connection, max: 1, role: null }, quiet)
    await migrate(above, await readMigrations(sqlFolder))
    const warned: string[] = []
    const pool = openPool(
      { ...connection, max: 4, role: 'stagedoor_app' },
      { warn: (event) => warned.push(event) },
    )
    const [people, streams, journal] = [createPeople(pool), createStreams(pool), createJournal(pool)]
    const stage = await createStage({
      people,
      streams,
      journal,
      pass: () => Promise.resolve(),
      ban: () => Promise.resolve(),
      promote: async (stream, principal) => {
        await above.query('insert into app.stream_moderator values ($1, $2)', [stream, principal])
      },
      close: () => Promise.resolve(),
    })
    await above.end()

    const acknowledged: string[] = []
    const faults: unknown[] = []
    let running = true
    const writer = async () => {
      while (running)
        try {
          const text = randomUUID()
          await stage.say(stage.ada, text)
          acknowledged.push(text)
        } catch (error) {
          faults.push(error)
        }
    }
    const until = async (enough: () => boolean) => {
      while (!enough()) await new Promise((done) => setImmediate(done))
    }
    const writers = [1, 2, 3, 4].map(writer)
    await until(() => acknowledged.length > 200)
    await cluster.crash()
    await until(() => faults.length > 50)
    const before = acknowledged.length
    expect(faults.filter((fault) => !isUnavailable(fault))).toEqual([])
    await expect(everything(journal, stage.host, stage.inbox)).rejects.toSatisfy(isUnavailable)
    await cluster.start()
    await until(() => acknowledged.length > before + 50)
    running = false
    await Promise.all(writers)
    const entries = await everything(journal, null, stage.room)
    await pool.end()
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
    const texts = new Set(textsOf(entries))
    expect(acknowledged.filter((text) => !texts.has(text))).toEqual([])
    expect(new Set(warned)).toEqual(new Set(warned.length > 0 ? ['database.connection_lost'] : []))
  }, 60_000)
})

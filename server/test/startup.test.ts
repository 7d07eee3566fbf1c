// Starts that must fail, and ends that must not: what a person at a terminal and a process manager get to see.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { retryHint } from '../../shared/protocol/index.ts'
import { freePort, runServer, startServer } from './server-process.ts'
import { guest, openShow } from './show.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'stagedoor-startup-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** First starts of the embedded database are most of it. */
const SLOW = 120_000

const lines = (output: string) => output.split('\n').filter((line) => line !== '')

async function refusedLine(env: Record<string, string>): Promise<string> {
  const { code, output } = await runServer({
    HOST: '127.0.0.1',
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    ...env,
  })
  expect([code, lines(output)]).toEqual([1, [expect.any(String)]])
  return lines(output)[0] ?? ''
}

test('O1 every broken variable is named at once, with an example, and secrets are not repeated', async () => {
  const { code, output } = await runServer({
    PORT: 'eighty',
    PUBLIC_URL: 'stage.example/path',
    DATABASE_URL: 'mysql://root:hunter2@localhost',
    SESSION_KEY: 'too-short-but-secret',
    SIGN_UP: 'sometimes',
    MESSAGES_PER_SECOND: '0',
  })
  expect(code).toBe(1)
  const [head, ...faults] = lines(output)
  expect(head).toBe('The configuration has faults:')
  const names = ['PORT', 'PUBLIC_URL', 'DATABASE_URL', 'SESSION_KEY', 'SIGN_UP', 'MESSAGES_PER_SECOND']
  expect(faults.map((fault) => fault.trim().split(' ')[0])).toEqual(names)
  for (const fault of faults) expect(fault).toMatch(/ must be .+\. Example: [A-Z_]+=\S/)
  expect(output).not.toMatch(/hunter2|too-short-but-secret/)
})

test('O2 a port in use is one clear line', { timeout: SLOW }, async () => {
  const port = await freePort()
  const holder = createServer().listen(port, '127.0.0.1')
  try {
    const dataDir = join(folder, 'port')
    expect(await refusedLine({ PORT: String(port), DATA_DIR: dataDir })).toMatch(
      new RegExp(`^Stagedoor cannot start: .*127\\.0\\.0\\.1:${port}.* in use \\(PORT\\)`),
    )
  } finally {
    holder.close()
  }
})

test('O2 a data folder that cannot be made is one clear line', { timeout: SLOW }, async () => {
  const file = join(folder, 'file')
  writeFileSync(file, 'not a folder')
  for (const env of [{}, { SESSION_KEY: 'A'.repeat(43) }] as Record<string, string>[]) {
    const line = await refusedLine({ ...env, PORT: String(await freePort()), DATA_DIR: join(file, 'data') })
    expect(line).toMatch(/^Stagedoor cannot start: .*file\/data.*DATA_DIR/)
  }
})

test(
  'O2 a database that is not there, or is none, is one clear line without its password',
  { timeout: SLOW },
  async () => {
    const port = await freePort()
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port: otherPort } = other.address() as { port: number }
    try {
      for (const address of [
        `localhost:${port}`,
        `127.0.0.1:${port}`,
        `127.0.0.1:${otherPort}`,
        'no.such.invalid',
      ]) {
        const line = await refusedLine({
          PORT: String(await freePort()),
          DATABASE_URL: `postgres://stagedoor:hunter2@${address}/stagedoor`,
        })
        expect(line).toMatch(
          /^Stagedoor cannot start: the database at .+ cannot be used: .{5,} Check DATABASE_URL\.$/,
        )
        expect(line).toContain(address)
        expect(line).not.toContain('hunter2')
      }
    } finally {
      other.close()
    }
  },
)

test(
  'O2 a data folder that another server uses is one clear line, and that server goes on',
  { timeout: SLOW },
  async () => {
    await using server = await startServer()
    const line = await refusedLine({ PORT: String(await freePort()), DATA_DIR: server.dataDir })
    expect(line).toMatch(/^Stagedoor cannot start: .* in use by another process \(pid \d+\)/)
    expect(line).toContain(String(server.pid))
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  },
)

test(
  'SIGTERM while people talk: everyone is told when to come back, what was acknowledged is kept, exit 0',
  { timeout: SLOW },
  async () => {
    const limits = {
      MESSAGES_PER_SECOND: '1000',
      CHAT_COMMANDS_PER_SECOND: '1000',
      SOCKETS_PER_ADDRESS: '100',
    }
    const first = await startServer({ env: limits })
    try {
      const { stream } = await openShow(first)
      const people = await Promise.all(Array.from({ length: 10 }, (_, i) => guest(first, `Viewer ${i}`)))
      const sockets = await Promise.all(people.map((person) => person.join(stream.slug)))
      const acked: string[] = []
      const talk = sockets.map(async (socket, who) => {
        for (let n = 0; ; n += 1) {
          const text = `${who}:${n}`
          const answer = await socket.ask({ t: 'say', text }).catch(() => null)
          if (answer?.t !== 'ok') return
          acked.push(text)
          if (acked.length === 200) stopping = first.stop()
        }
      })
      let stopping: Promise<number | null> | undefined
      await Promise.all(talk)
      const before = Date.now()
      expect(await stopping).toBe(0)
      expect(Date.now() - before).toBeLessThan(15_000)
      const closes = await Promise.all(sockets.map(({ closed }) => closed))
      for (const { code, reason } of closes) {
        expect(code).toBe(4503)
        expect(retryHint(reason)).toBeLessThanOrEqual(10_000)
      }

      await using second = await startServer({ dataDir: first.dataDir, env: limits })
      const back = await (await guest(second, 'Late')).join(stream.slug)
      const texts: (string | null)[] = []
      for (let from = 1; ; from += 100) {
        const { entries } = await back.read('room', from, from + 99)
        for (const { event } of entries) if (event.type === 'said') texts.push(event.message.text)
        if (entries.length === 0) break
      }
      expect(acked.filter((text) => !texts.includes(text))).toEqual([])
      expect(new Set(texts).size).toBe(texts.length)
    } finally {
      await first[Symbol.asyncDispose]()
    }
  },
)

test(
  'a second signal ends at once a server that is still waiting for a slow request',
  { timeout: SLOW },
  async () => {
    await using server = await startServer()
    const { port, hostname } = new URL(server.url)
    const slow = connect(Number(port), hostname)
    slow.on('error', () => undefined)
    const head = `POST /api/guest HTTP/1.1\r\nhost: ${hostname}\r\norigin: ${server.url}\r\n`
    slow.write(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`)
    // Answered on another connection: the slow one was accepted before.
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    const begun = Date.now()
    process.kill(server.pid, 'SIGTERM')
    await refusedConnection(Number(port), hostname)
    expect(await server.stop()).toBe(1)
    expect(Date.now() - begun).toBeLessThan(3_000)
    slow.destroy()
  },
)

/** Resolves when nobody listens any more: the first signal has been taken. */
async function refusedConnection(port: number, host: string): Promise<void> {
  for (;;) {
    const probe = connect(port, host)
    const open = await Promise.race([
      once(probe, 'connect').then(() => true),
      once(probe, 'close').then(() => false),
    ]).catch(() => false)
    probe.destroy()
    if (!open) return
  }
}

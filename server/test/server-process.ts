// The real server as a child process: built files, its own data folder, a free port. Nothing is mocked.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { prepareDataFolder } from './data-folder.ts'

const root = resolve(import.meta.dirname, '../..')
const mainOf = (folder: string) => join(folder, 'dist/server/main.js')
const main = mainOf(root)

export type ServerProcess = {
  url: string
  dataDir: string
  /** The host's one-time login link, when this start printed one. */
  loginLink: string | undefined
  output(): string
  /** Whether anybody takes what it prints; without a reader its pipe fills up. */
  readLog(on: boolean): void
  pid: number
  /** Resolves with the exit code when it is gone, however it ends. */
  ended: Promise<number | null>
  /** SIGKILL; resolves when the process is gone. The data folder stays. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** Stops it if it runs and removes its data. */
  [Symbol.asyncDispose](): Promise<void>
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Resolves when the URL is printed. `env` adds to a clean environment; `dataDir` continues an earlier one, and of
 * the others the embedded database is migrated already unless it is to be `empty`; `from` is another copy of the
 * project that was built. */
export async function startServer(
  options: {
    env?: Record<string, string>
    dataDir?: string
    empty?: true
    port?: number
    from?: string
  } = {},
): Promise<ServerProcess> {
  const port = options.port ?? (await freePort())
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'stagedoor-'))
  const embedded = options.env?.['DATABASE_URL'] === undefined
  if (embedded && options.dataDir === undefined && !options.empty)
    await prepareDataFolder(dataDir, join(options.from ?? root, 'sql'))
  const url = `http://localhost:${port}`
  const child = spawn(process.execPath, [mainOf(options.from ?? root)], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: String(port),
      HOST: '127.0.0.1',
      // Nobody calls unless a test is about that: servers of one machine would fight for the port.
      RTMP_PORT: '0',
      DATA_DIR: dataDir,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  await ready(child, output)
  const text = () => output.join('')
  return {
    url,
    dataDir,
    loginLink: /http\S+\/enter#\S+/.exec(text())?.[0],
    output: text,
    readLog(on) {
      for (const stream of [child.stdout, child.stderr])
        if (on) stream.resume()
        else stream.pause()
    },
    pid: child.pid ?? -1,
    ended: new Promise((done) => child.once('exit', done)),
    async kill() {
      await end(child, 'SIGKILL')
    },
    stop: () => end(child, 'SIGTERM'),
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGTERM')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Runs the server when it is expected to refuse: its exit code and all it printed. */
export async function runServer(
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, output: output.join('') }
}

async function ready(child: ChildProcess, output: string[]): Promise<void> {
  await new Promise<void>((done, fail) => {
    child.stdout?.on('data', () => output.join('').includes('Stagedoor is at http') && done())
    child.on('exit', (code) => fail(new Error(`the server exited with ${code}:\n${output.join('')}`)))
  })
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const gone = once(child, 'exit') as Promise<[number | null]>
  child.kill(signal)
  return (await gone)[0]
}

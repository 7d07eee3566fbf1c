// A server of our own for the run: as `npm start` without any configuration, in a folder of its own, with the limits
// lifted that stand between one address and a crowd.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Stopped } from './door.ts'

const MAIN = fileURLToPath(new URL('../dist/server/main.js', import.meta.url))
const START_MS = 60_000

/** Named in the README: the same must be lifted on a server that is given by --url. */
export const LIFTED = {
  SOCKETS_PER_ADDRESS: '1000000',
  GUESTS_PER_MINUTE: '1000000',
  PASSES_PER_MINUTE: '1000000',
  CHAT_COMMANDS_PER_SECOND: '1000',
  MESSAGES_PER_SECOND: '1000',
} as const

export type OwnServer = {
  url: string
  loginLink: string
  pid: number
  /** What it printed last. */
  tail(): string
  /** Resolves with how it ended, whoever ended it. */
  ended: Promise<string>
  stop(): Promise<void>
}

/** Resolves when it is ready. All it prints goes to `logFile`. */
export async function startOwnServer(logFile: string): Promise<OwnServer> {
  if (!existsSync(MAIN)) throw new Stopped('dist/server is missing: run `npm run build` first')
  const port = await freePort()
  const dataDir = mkdtempSync(join(tmpdir(), 'stagedoor-loadtest-'))
  const log = createWriteStream(logFile)
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...LIFTED,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the runner alone, which then stops this in its turn.
    detached: true,
  })
  let output = ''
  let gone = false
  const ended = new Promise<string>((done) => {
    child.once('exit', (code, signal) => {
      gone = true
      done(signal ? `was ended by ${signal}` : `ended with code ${code ?? -1}`)
    })
  })
  async function stop(): Promise<void> {
    if (!gone) child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(kill)
    log.end()
    rmSync(dataDir, { recursive: true, force: true })
  }
  const ready = new Promise<string>((done) => {
    const take = (chunk: Buffer) => {
      log.write(chunk)
      output = (output + chunk.toString()).slice(-20_000)
      const link = /http\S+\/enter#\S+/.exec(output)?.[0]
      if (link !== undefined && output.includes('Stagedoor is at http')) done(link)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
  })
  const late = new AbortController()
  const first = await Promise.race([
    ready.then((link) => ({ link })),
    ended.then((how) => ({ how })),
    new Promise<{ how: string }>((done) => {
      const timer = setTimeout(() => done({ how: `was not ready after ${START_MS / 1_000} s` }), START_MS)
      late.signal.addEventListener('abort', () => clearTimeout(timer))
    }),
  ])
  late.abort()
  if ('how' in first) {
    await stop()
    throw new Stopped(`the server ${first.how}; all it printed is in ${logFile}:\n${lastLines(output)}`)
  }
  return {
    url: `http://localhost:${port}`,
    loginLink: first.link,
    pid: child.pid ?? -1,
    tail: () => lastLines(output),
    ended,
    stop,
  }
}

/** The login link of a server that is gone is of no use, and no habit to print. */
const lastLines = (text: string) =>
  text
    .replace(/enter#\S+/g, 'enter#...')
    .trimEnd()
    .split('\n')
    .slice(-5)
    .join('\n')

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

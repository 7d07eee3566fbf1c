// k6 as a child: what it is given, the lines that come out of it, and its end.
import { spawn } from 'node:child_process'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Plan, Seat } from './k6/lines.ts'

const SCRIPT = fileURLToPath(new URL('k6/main.ts', import.meta.url))
/** It stops its virtual users first, each within `gracefulStop`. */
const STOP_MS = 15_000

export type K6Process = {
  pid: number
  /** Its exit code; null when it was killed. */
  ended: Promise<number | null>
  /** What it said beside its lines, the last of it. */
  tail(): string
  /** Asks it to end; kills it when it does not. */
  stop(): void
}

export function startK6(options: {
  path: string
  plan: Plan
  seats: readonly Seat[]
  /** For the plan and the passes. Readable by this user alone: passes open sockets. */
  folder: string
  logFile: string
  /** Takes what is one of ours. */
  take: (line: string) => boolean
}): K6Process {
  const { path, plan, seats, folder, logFile, take } = options
  const files = { PLAN: join(folder, 'plan.json'), SEATS: join(folder, 'seats.json') }
  writeFileSync(files.PLAN, JSON.stringify(plan), { mode: 0o600 })
  writeFileSync(files.SEATS, JSON.stringify(seats), { mode: 0o600 })
  const said: string[] = []
  const log = createWriteStream(logFile)
  const child = spawn(
    path,
    [
      ...['run', '--quiet', '--no-color', '--summary-mode=disabled', '--no-thresholds', '--no-usage-report'],
      ...['--address', '', '--log-format', 'raw', '--log-output', 'stdout'],
      ...['-e', `PLAN=${files.PLAN}`, '-e', `SEATS=${files.SEATS}`, SCRIPT],
    ],
    // Ctrl-C is for the runner alone, which then stops this in its turn.
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      // Every frame is garbage at once: collecting it less often leaves CPU to the sockets, and costs some memory.
      env: { GOGC: '300', ...inherited(process.env) },
    },
  )
  const other = (line: string) => {
    if (take(line) || line.trim() === '') return
    log.write(`${line}\n`)
    said.push(line)
    if (said.length > 20) said.shift()
  }
  createInterface({ input: child.stdout }).on('line', other)
  createInterface({ input: child.stderr }).on('line', other)
  let stopping: ReturnType<typeof setTimeout> | null = null
  const ended = new Promise<number | null>((done) => {
    child.once('error', (error) => {
      said.push(error.message)
      done(-1)
    })
    // `close` comes when all it printed was read.
    child.once('close', (code) => done(code))
  }).finally(() => {
    log.end()
    if (stopping) clearTimeout(stopping)
  })
  return {
    pid: child.pid ?? -1,
    ended,
    tail: () => said.slice(-5).join('\n'),
    stop() {
      if (stopping) return
      child.kill('SIGINT')
      stopping = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    },
  }
}

/** Without settings of k6 that would change the plan, and without the password of the host. */
const inherited = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(K6|LOADTEST)_/.test(name)))

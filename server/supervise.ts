// The process above the others: starts them, reads their words, passes signals on. It serves nobody itself.
import { fork } from 'node:child_process'
import { openLog } from './adapters/pino/index.ts'
import { systemClock as clock } from './adapters/system/index.ts'
import type { Config } from './config.ts'
import { createSupervisor, type Child } from './supervisor.ts'

/** What a process says over its channel. */
export type Says = { ready: string[] } | { refused: string }

const built = import.meta.url.endsWith('.js')
const worker = new URL(built ? './worker.js' : './worker.ts', import.meta.url)

/** SIGTERM and SIGINT: all drain together, a second one cuts. SIGHUP: each is replaced in turn. */
export function supervise(
  config: Config,
  outside: { greet(lines: string[]): void; refuse(line: string): never },
): void {
  const log = openLog(config.logLevel)
  const supervisor = createSupervisor({ count: config.processes, spawn, clock, log })
  // While all of them are dead and waiting, nothing else would keep this process.
  setInterval(() => undefined, 2 ** 30)

  let stopping = false
  function stop(): void {
    if (stopping) {
      supervisor.cut()
      process.exit(1)
    }
    stopping = true
    supervisor.stop().then(
      (clean) => process.exit(clean ? 0 : 1),
      (error: unknown) => outside.refuse(`Stopped with an error: ${String(error)}`),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)

  const fault = (error: unknown) => log.fault('supervisor', error)
  const started = supervisor.start()
  started
    .then((outcome) => {
      if (stopping) return
      if (!outcome.ok) outside.refuse(outcome.reason)
      outside.greet(outcome.greeting)
    })
    .catch(fault)
  process.on('SIGHUP', () => {
    started.then(() => supervisor.roll()).catch(fault)
  })
}

function spawn(): Child {
  const child = fork(worker, {
    env: { ...process.env, WEB_CONCURRENCY: '1', SHARE_PORT: 'yes' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let words: string | undefined
  const gone = new Promise<{ clean: boolean; reason: string }>((done) => {
    // Started too late to have heard of it, SIGTERM ends a process by itself.
    child.on('exit', (code, signal) => {
      const clean = code === 0 || signal === 'SIGTERM'
      done({
        clean,
        reason: words ?? (signal === null ? `it ended with ${code}` : `it was ended by ${signal}`),
      })
    })
    child.on('error', (error) => {
      if (child.pid === undefined)
        done({ clean: false, reason: `a process cannot be started: ${error.message}` })
    })
  })
  const ready = new Promise<string[] | null>((done, fail) => {
    child.on('message', (message) => {
      const said = message as Says
      if ('ready' in said) done(said.ready)
      else words = said.refused
    })
    gone.then(() => done(null)).catch(fail)
  })
  return {
    pid: child.pid ?? 0,
    ready,
    gone,
    stop: () => void child.kill('SIGTERM'),
    cut: () => void child.kill('SIGKILL'),
  }
}

// One node in this process: from its configuration to its signals.
import { openLog } from './adapters/pino/index.ts'
import type { Server } from './compose.ts'
import type { Config } from './config.ts'

export type Outside = {
  /** It listens; these lines are for the person at the terminal. */
  ready(greeting: string[]): void
  /** Says why, and ends the process with 1. */
  refuse(line: string): void
  /** A second signal does not cut: whoever started this process does. */
  patient: boolean
}

/** From the signal to the exit, at most: what hangs is cut off. Process managers kill after a little more. */
const LEAVE_MS = 14_000

const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)

const built = import.meta.url.endsWith('.js')
const at = (fromBuild: string, fromSource: string) => new URL(built ? fromBuild : fromSource, import.meta.url)
const places = {
  client: at('../client/', '../dist/client/').pathname,
  migrations: at('../../sql/', '../sql/').pathname,
  pgliteWorker: at('./pglite-worker.js', './adapters/pglite/worker.ts'),
}

/** Resolves to how to end it, when it listens; null when it refused. */
export async function runNode(config: Config, outside: Outside): Promise<(() => void) | null> {
  const log = openLog(config.logLevel)
  let server: Server | null = null
  let stopping = false

  function exit(code: number): void {
    log.flushed().then(
      () => process.exit(code),
      () => process.exit(code),
    )
  }

  function stop(code: number): void {
    // The second time, or a start that nothing depends on yet.
    if (stopping || !server) {
      exit(stopping ? code || 1 : code)
      return
    }
    stopping = true
    setTimeout(() => outside.refuse('Stopped before everything was closed.'), LEAVE_MS)
    server.close().then(
      () => exit(code),
      (error: unknown) => outside.refuse(`Stopped with an error: ${reasonOf(error)}`),
    )
  }
  const leave = () => {
    if (!stopping || !outside.patient) stop(0)
  }

  /** What nobody caught leaves the process in a state nobody knows: say so, let people go, exit, be restarted. */
  function giveUp(error: unknown): void {
    log.fault('process', error)
    stop(1)
  }

  process.on('SIGTERM', leave)
  process.on('SIGINT', leave)
  process.on('uncaughtException', giveUp)
  process.on('unhandledRejection', giveUp)

  // Imported only now: the socket library is a native addon, and without a build for this Node its import throws.
  const composed = await import('./compose.ts').catch((error: unknown) => {
    const { version, platform, arch } = process
    outside.refuse(
      `No native build for Node ${version.slice(1)} on ${platform}-${arch}; use Node 20 or 22. (${reasonOf(error)})`,
    )
  })
  server =
    (await composed?.start(config, places, log, giveUp).catch((error: unknown) => {
      outside.refuse(`Stagedoor cannot start: ${reasonOf(error)}`)
    })) ?? null
  if (server === null) return null
  outside.ready(server.greeting)
  return leave
}

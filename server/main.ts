// The `web` process: environment -> configuration -> server -> signals.
import { createLog } from './adapters/pino/index.ts'
import type { Server } from './compose.ts'
import { parse } from './config.ts'

const MIN_NODE = [20, 19] as const
/** From the signal to the exit, at most: what hangs is cut off. Process managers kill after a little more. */
const LEAVE_MS = 14_000

/** One line, exit 1: the process manager and the person both need nothing more. */
function refuse(line: string): never {
  console.error(line)
  process.exit(1)
}

const reason = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  refuse(`Stagedoor needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}.`)
}

const parsed = parse(process.env)
if (!parsed.ok)
  refuse(['The configuration has faults:', ...parsed.faults.map((fault) => `  ${fault}`)].join('\n'))
const log = createLog({ level: parsed.config.logLevel })

// Imported only now: the socket library is a native addon, and without a build for this Node its import throws.
const { start } = await import('./compose.ts').catch((error: unknown) =>
  refuse(
    `No native build for Node ${process.versions.node} on ${process.platform}-${process.arch}; use Node 20 or 22. (${reason(error)})`,
  ),
)

const built = import.meta.url.endsWith('.js')
const at = (fromBuild: string, fromSource: string) => new URL(built ? fromBuild : fromSource, import.meta.url)
const places = {
  client: at('../client/', '../dist/client/').pathname,
  migrations: at('../../sql/', '../sql/').pathname,
  pgliteWorker: at('./pglite-worker.js', './adapters/pglite/worker.ts'),
}

let server: Server | null = null
let stopping = false
function stop(code: number): void {
  // The second signal, or a start that nothing depends on yet.
  if (stopping || !server) process.exit(stopping ? code || 1 : code)
  stopping = true
  setTimeout(() => refuse('Stopped before everything was closed.'), LEAVE_MS)
  server.close().then(
    () => process.exit(code),
    (error: unknown) => refuse(`Stopped with an error: ${reason(error)}`),
  )
}

/** What nobody caught leaves the process in a state nobody knows: say so, let people go, exit, be restarted. */
function giveUp(error: unknown): void {
  log.fault('process', error)
  stop(1)
}

process.on('SIGTERM', () => stop(0))
process.on('SIGINT', () => stop(0))
process.on('uncaughtException', giveUp)
process.on('unhandledRejection', giveUp)

server = await start(parsed.config, places, log, giveUp).catch((error: unknown) =>
  refuse(`Stagedoor cannot start: ${reason(error)}`),
)
for (const line of server.greeting) console.log(line)

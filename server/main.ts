// The `web` process: environment -> configuration -> server -> signals.
import { parse } from './config.ts'

const MIN_NODE = [20, 19] as const

/** One line, exit 1: the process manager and the person both need nothing more. */
function refuse(line: string): never {
  console.error(line)
  process.exit(1)
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  refuse(`Stagedoor needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}.`)
}

const parsed = parse(process.env)
if (!parsed.ok)
  refuse(['The configuration has faults:', ...parsed.faults.map((fault) => `  ${fault}`)].join('\n'))

// Imported only now: the socket library is a native addon, and without a build for this Node its import throws.
const { start } = await import('./compose.ts').catch((error: unknown) =>
  refuse(
    `No native build for Node ${process.versions.node} on ${process.platform}-${process.arch}; use Node 20 or 22 on Linux, macOS or Windows. (${reason(error)})`,
  ),
)

const server = await start(parsed.config).catch((error: unknown) =>
  refuse(`Stagedoor cannot start: ${reason(error)}`),
)
for (const line of server.greeting) console.log(line)

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1)
    stopping = true
    server.close().then(
      () => process.exit(0),
      (error: unknown) => refuse(`Stopped with an error: ${reason(error)}`),
    )
  })
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
}

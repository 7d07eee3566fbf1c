// The `web` process: environment -> configuration -> one node here, or a supervisor over several.
import { parse } from './config.ts'

const MIN_NODE = [20, 19] as const

/** One line, exit 1: the process manager and the person both need nothing more. */
function refuse(line: string): never {
  console.error(line)
  process.exit(1)
}
const greet = (lines: string[]) => {
  for (const line of lines) console.log(line)
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  refuse(`Stagedoor needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}.`)
}

const parsed = parse(process.env)
if (!parsed.ok)
  refuse(['The configuration has faults:', ...parsed.faults.map((fault) => `  ${fault}`)].join('\n'))

if (parsed.config.processes > 1) {
  const { supervise } = await import('./supervise.ts')
  supervise(parsed.config, { greet, refuse })
} else {
  const { runNode } = await import('./node.ts')
  await runNode(parsed.config, { ready: greet, refuse, patient: false })
}

// `npm run bench:fanout`: this server against what else one could run, in one run on one machine: the server on one
// core, a load client in C on the other. What is said goes the whole way: 200 bytes, authenticated, committed, numbered.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { noPostgres } from '../cluster.ts'
import { redisInstalled } from '../redis.ts'
import { noCompiler } from './fanout/client.ts'
import { judge } from './fanout/goals.ts'
import { drawPlots } from './fanout/plots.ts'
import type { Reading } from './fanout/readings.ts'
import { goalsTable, ratiosTo, remarks, tableOf } from './fanout/sheet.ts'
import { notPinned, pin, SERVERS, type ServerName } from './fanout/target.ts'
import { isWorkload, perform, WORKLOADS } from './fanout/workloads.ts'

const HELP = `usage: npm run bench:fanout [-- --only 500x20,idle] [-- --servers stagedoor,uws] [-- --seconds 5]
  --only A,B      workloads: ${Object.keys(WORKLOADS).join(' ')}; or VIEWERSxLINES-PER-SECOND of your own
  --servers A,B   of: ${SERVERS.join(', ')}
  --seconds N     how long each window is measured (idle: three times as long)
  --json FILE     all figures
  --plot FOLDER   plots as SVG
Needs a C compiler for the load client, Postgres and Redis for stagedoor+pg+redis.
CPU-s/M is the CPU of the server's process per million deliveries; of the embedded server the database is a part of it.
"delivered" is the share of all lines said in the window that arrived until 1.5 s after it.`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    only: { type: 'string' },
    servers: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'string' },
    plot: { type: 'string' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const listOf = (given: string | undefined) => given?.split(',').map((name) => name.trim())
const workloads = listOf(values.only) ?? Object.keys(WORKLOADS)
const wanted = listOf(values.servers)
const seconds = Number(values.seconds)
const unknown = [
  ...workloads.filter((name) => !isWorkload(name)),
  ...(wanted ?? []).filter((name) => !(SERVERS as readonly string[]).includes(name)),
  ...(seconds > 0 ? [] : [`--seconds ${values.seconds}`]),
]
if (unknown.length > 0) refuse(`unknown: ${unknown.join(', ')}\n${HELP}`)
if (noCompiler !== null) refuse(`bench:fanout needs a C compiler: ${noCompiler}`)
if (notPinned !== null) console.log(`Server and client share cores, ${notPinned}: latencies say little.`)
const missing = noPostgres ?? (redisInstalled ? null : 'no redis-server')
if (missing !== null) console.log(`Left out, ${missing}: stagedoor+pg+redis`)

// What is started from here stays on this core until it is put on the other: Postgres and Redis do.
pin(process.pid, 1)
const readings: Reading[] = []
for (const workload of workloads) {
  const servers = (wanted as ServerName[] | undefined) ?? WORKLOADS[workload] ?? SERVERS
  const here: Reading[] = []
  for (const server of servers) {
    if (server === 'stagedoor+pg+redis' && missing !== null) continue
    const began = performance.now()
    try {
      here.push(...(await perform(workload, server, seconds)))
      process.stderr.write(`${workload}, ${server}: ${((performance.now() - began) / 1_000).toFixed(0)} s\n`)
    } catch (error) {
      process.exitCode = 1
      console.log(`${workload}, ${server}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  readings.push(...here)
  const ratios = (['uws', 'socket.io'] as const).map((peer) => ratiosTo(peer, here))
  const tables = [tableOf(workload, here), ...ratios].filter((table) => table !== null)
  if (here.length > 0) console.log(`\n${tables.join('\n\n')}`)
  for (const remark of here.flatMap(remarks)) console.log(remark)
}

const judged = judge(readings)
if (judged.length > 0) console.log(`\n${goalsTable(judged)}`)
if (values.json) writeFileSync(values.json, `${JSON.stringify({ readings, judged }, null, 2)}\n`)
if (values.plot) for (const file of await drawPlots(readings, values.plot)) console.log(`drawn: ${file}`)

function refuse(why: string): never {
  console.error(why)
  process.exit(1)
}

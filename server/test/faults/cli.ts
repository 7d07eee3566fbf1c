// `npm run faults`: real nodes, Postgres and Redis, one fault after the other, one row for each.
import { parseArgs } from 'node:util'
import { CASES, LEFT_OUT } from './catalogue.ts'
import type { Case, Row } from './run.ts'

const HELP = `usage: npm run faults [-- --only F1,F8] [--clients 200] [--streams 5] [--nodes 3] [--rate 300]
                      [--private 50] [--seed 1] [--scale 1]
  --only      faults by id; all of them without it
  --rate      public messages a second; --private: private ones
  --scale     of the durations: 0.2 is a quick look
Needs Postgres and redis-server on this machine; starts its own, on free ports. Ends with 1 on any violation.`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    only: { type: 'string' },
    clients: { type: 'string', default: '200' },
    streams: { type: 'string', default: '5' },
    nodes: { type: 'string', default: '3' },
    rate: { type: 'string', default: '300' },
    private: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    scale: { type: 'string', default: '1' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

const wanted = values.only?.split(',').map((id) => id.trim().toUpperCase())
const unknown = wanted?.filter((id) => !CASES.some((fault) => fault.id === id)) ?? []
if (unknown.length > 0) {
  console.error(`no fault ${unknown.join(', ')}; there are ${CASES.map(({ id }) => id).join(', ')}`)
  process.exit(2)
}

const options = {
  size: {
    clients: Number(values.clients),
    streams: Number(values.streams),
    publicPerSecond: Number(values.rate),
    privatePerSecond: Number(values.private),
  },
  nodes: Number(values.nodes),
  seed: Number(values.seed),
  scale: Number(values.scale),
  timed: true,
}

console.log(
  `${options.nodes} nodes, ${values.clients} clients, ${values.streams} streams, ${values.rate} public and ${values.private} private messages/s, seed ${values.seed}`,
)
const rows: Row[] = []
for (const fault of CASES) {
  if (wanted && !wanted.includes(fault.id)) continue
  console.log(`${fault.id}: ${fault.says}`)
  const row = await fault.row(options).catch((error: unknown) => brokenRow(fault, error))
  rows.push(row)
  if (row.note !== undefined) console.log(`  ${row.note}`)
  for (const violation of row.violations) console.log(`  ${violation}`)
  print([row])
}
print(rows)
if (!wanted) for (const [id, why] of Object.entries(LEFT_OUT)) console.log(`${id} is left out: ${why}`)
const broken = rows.filter(({ violations }) => violations.length > 0)
console.log(broken.length === 0 ? 'every row is green' : `${broken.map(({ id }) => id).join(', ')} failed`)
process.exit(broken.length === 0 ? 0 : 1)

/** A fault that could not even be staged is not green. */
function brokenRow({ id, says }: Case, error: unknown): Row {
  const none = { acked: 0, lost: 0, duplicated: 0, reordered: 0, foreign: 0, longestGapMs: 0, liveGapMs: 0 }
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { ...none, id, says, seconds: 0, settledMs: 0, violations: [why] }
}

function print(of: readonly Row[]): void {
  console.table(
    Object.fromEntries(
      of.map((row) => [
        row.id,
        {
          acked: row.acked,
          lost: row.lost,
          duplicated: row.duplicated,
          reordered: row.reordered,
          foreign: row.foreign,
          'longest gap ms': row.longestGapMs,
          'live gap ms': row.liveGapMs,
          'all back ms': row.settledMs,
          s: row.seconds,
          verdict: row.violations.length === 0 ? 'ok' : 'VIOLATED',
        },
      ]),
    ),
  )
}

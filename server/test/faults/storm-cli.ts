// The whole storm from the command line; exits with 1 when a bound is broken.
import { parseArgs } from 'node:util'
import { noPostgres } from '../cluster.ts'
import { brokenBounds } from './storm-bounds.ts'
import { storm } from './storm.ts'

const HELP = `usage: tsx server/test/faults/storm-cli.ts [--sockets 10000] [--streams 5] [--missed 100] [--seed 1]
  --sockets N   phones that lose their node and come back; two open files each, in two processes
  --streams N   rooms they are spread over
  --missed N    lines each of them has to catch up with
  --seed N      of the phones' jitter`

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    help: { type: 'boolean' },
    sockets: { type: 'string', default: '10000' },
    streams: { type: 'string', default: '5' },
    missed: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
if (noPostgres !== null) {
  console.error(noPostgres)
  process.exit(1)
}
const { sockets, streams, missed, seed } = values
const result = await storm({
  sockets: Number(sockets),
  streams: Number(streams),
  missed: Number(missed),
  seed: Number(seed),
})
console.log(JSON.stringify(result, null, 2))
const broken = brokenBounds(result)
for (const line of broken) console.error(`broken: ${line}`)
process.exit(broken.length > 0 ? 1 : 0)

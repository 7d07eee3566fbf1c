// `npm run bench:append`: how long a durable line takes, through the whole server: say -> ok, and say -> seen by
// another viewer, in an idle room; and acknowledged messages per second on one hot stream.
import { parseArgs } from 'node:util'
import { noPostgres, startCluster, urlOf } from '../cluster.ts'
import type { ChatSocket } from '../client.ts'
import { startServer } from '../server-process.ts'
import { guest, openShow } from '../show.ts'

const HELP = `usage: npm run bench:append [-- --idle 300 --clients 50 --each 200]
  --idle N      lines said one after the other in an idle room
  --clients N   senders on one hot stream;  --each N  lines per sender, at most 30 of them in flight`
/** Far above any human: the bench measures the commit path, not the limits. */
const LIMITS = {
  MESSAGES_PER_SECOND: '100000',
  CHAT_COMMANDS_PER_SECOND: '100000',
  SOCKETS_PER_ADDRESS: '1000',
}
const IN_FLIGHT = 30

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    idle: { type: 'string', default: '300' },
    clients: { type: 'string', default: '50' },
    each: { type: 'string', default: '200' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

type Row = {
  database: string
  'idle ack p50 ms': string
  'idle ack p99 ms': string
  'say to seen p50 ms': string
  'messages/s': string
}
const rows: Row[] = [await measure('PGlite', {})]
if (noPostgres === null) {
  const cluster = await startCluster()
  rows.push(await measure('Postgres', { DATABASE_URL: urlOf(cluster) }))
  await cluster.stop()
} else console.log(`Postgres left out: ${noPostgres}`)
console.table(rows)

async function measure(database: string, env: Record<string, string>): Promise<Row> {
  await using server = await startServer({ env: { ...env, ...LIMITS } })
  const { stream } = await openShow(server)
  const [speaker, listener] = await Promise.all(
    ['Ada', 'Bo'].map(async (name) => (await guest(server, name)).join(stream.slug)),
  )
  if (!speaker || !listener) throw new Error('nobody joined')
  const acks: number[] = []
  const sights: number[] = []
  for (let i = 0; i < Number(values.idle); i++) {
    const text = `idle ${i}`
    const seen = listener.said(text).then(() => performance.now())
    const started = performance.now()
    await speaker.ask({ t: 'say', text })
    acks.push(performance.now() - started)
    sights.push((await seen) - started)
    listener.frames.length = 0
  }
  const senders = await Promise.all(
    Array.from({ length: Number(values.clients) }, async (_, i) =>
      (await guest(server, `Sender ${i}`)).join(stream.slug),
    ),
  )
  const started = performance.now()
  const accepted = await Promise.all(senders.map((socket) => flood(socket, Number(values.each))))
  const seconds = (performance.now() - started) / 1000
  const total = accepted.reduce((sum, count) => sum + count, 0)
  return {
    database,
    'idle ack p50 ms': at(acks, 0.5).toFixed(1),
    'idle ack p99 ms': at(acks, 0.99).toFixed(1),
    'say to seen p50 ms': at(sights, 0.5).toFixed(1),
    'messages/s': (total / seconds).toFixed(0),
  }
}

/** Says `count` lines with a bounded number in flight; how many were acknowledged. */
async function flood(socket: ChatSocket, count: number): Promise<number> {
  let next = 0
  let accepted = 0
  const lane = async () => {
    while (next++ < count)
      if ((await socket.ask({ t: 'say', text: `line ${next}` })).t === 'ok') accepted += 1
  }
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, count) }, lane))
  return accepted
}

function at(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

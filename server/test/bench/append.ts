// `npm run bench:append`: what a durable line costs. Through the whole server over sockets: how long an ack takes in
// an idle room, how many lines a second one hot stream takes, how long acks take at half that rate; then the lane
// alone, and two nodes. The load client is a process of its own; what every part burns is counted from /proc.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { noPostgres, startCluster, urlOf, type Cluster } from '../cluster.ts'
import { redisInstalled } from '../redis.ts'
import { startServer } from '../server-process.ts'
import { openShow } from '../show.ts'
import { seatFor, startClient, type Run } from './append-client.ts'
import { cores } from './append-cpu.ts'
import { measureLane } from './append-lane.ts'
import { measureNodes } from './append-nodes.ts'
import { at, atLeast, atMost, ms, table, type Row } from './append-table.ts'

const HELP = `usage: npm run bench:append [-- --only pglite|postgres|nodes] [-- --seconds 5 --speakers 16 --window 16 --idle 500]
  --only X      one part instead of all three
  --seconds N   how long each load lasts
  --speakers N  sockets that speak in the hot stream; each also hears every line of it
  --window N    lines each of them has under way (a connection shares a commit among at most 16)
  --idle N      lines said one after the other in an idle room
Limits per person and address are raised: what is measured is the path of a line, not them.`
const LIMITS = {
  MESSAGES_PER_SECOND: '100000',
  CHAT_COMMANDS_PER_SECOND: '100000',
  SOCKETS_PER_ADDRESS: '1000',
  GUESTS_PER_MINUTE: '100000',
  PASSES_PER_MINUTE: '100000',
}
const GOALS = {
  PGlite: { perSecond: 6_000, idleMs: 4, halfP99Ms: null },
  Postgres: { perSecond: 12_000, idleMs: 2, halfP99Ms: 25 },
}
const OTHER_NODE_MS = 10
const WITHOUT_REDIS_MS = 2_000
/** Above this share of a core the client measures itself. */
const CLIENT_BUSY = 0.9
const OTHERS_BUSY = 0.15

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    only: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    speakers: { type: 'string', default: '16' },
    window: { type: 'string', default: '16' },
    idle: { type: 'string', default: '500' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const seconds = Number(values.seconds)
const wanted = (part: string) => values.only === undefined || values.only === part

if (wanted('pglite')) await measure('PGlite')
if (noPostgres !== null) console.log(`Left out, ${noPostgres}: Postgres and two nodes`)
else {
  if (wanted('postgres')) await measure('Postgres')
  if (!redisInstalled) console.log('Left out, no redis-server: two nodes')
  else if (wanted('nodes')) await twoNodes()
}

async function measure(database: keyof typeof GOALS): Promise<void> {
  const cluster = database === 'Postgres' ? await startCluster() : null
  const laneDir = mkdtempSync(join(tmpdir(), 'stagedoor-lane-'))
  try {
    const { idle, flood, half } = await throughServer(cluster)
    const url = cluster ? urlOf(cluster) : null
    const atOnce = Number(values.speakers) * Number(values.window)
    const lane = await measureLane({ url, dataDir: laneDir, seconds, atOnce, seed: 2 })
    const goal = GOALS[database]
    const perSecond = flood.acks.length / flood.seconds
    const rows: Row[] = [
      {
        what: 'idle: ack p50',
        value: ms(at(idle.acks, 0.5)),
        goal: atMost(at(idle.acks, 0.5), goal.idleMs, 'ms'),
      },
      { what: 'idle: ack p99', value: ms(at(idle.acks, 0.99)) },
      { what: 'idle: say to seen p50', value: ms(at(idle.seen[0] ?? [], 0.5)) },
      {
        what: 'hot stream: durable messages/s',
        value: perSecond.toFixed(0),
        goal: atLeast(perSecond, goal.perSecond),
      },
      { what: 'half of it: ack p50', value: ms(at(half.acks, 0.5)) },
      {
        what: 'half of it: ack p99',
        value: ms(at(half.acks, 0.99)),
        ...(goal.halfP99Ms === null ? {} : { goal: atMost(at(half.acks, 0.99), goal.halfP99Ms, 'ms') }),
      },
      { what: 'half of it: say to seen p50', value: ms(at(half.seen[0] ?? [], 0.5)) },
      { what: 'lane alone: durable messages/s', value: lane.perSecond.toFixed(0) },
      { what: 'lane alone, half of it: ack p50', value: ms(at(lane.acks, 0.5)) },
      { what: 'lane alone, half of it: ack p99', value: ms(at(lane.acks, 0.99)) },
      ...costs(flood),
    ]
    console.log(`\n${table(database, rows)}`)
    for (const [name, run] of Object.entries({ idle, 'hot stream': flood, 'half of it': half }))
      warn(name, run)
  } finally {
    rmSync(laneDir, { recursive: true, force: true })
    await cluster?.stop()
  }
}

async function throughServer(cluster: Cluster | null): Promise<Record<'idle' | 'flood' | 'half', Run>> {
  await using server = await startServer({
    env: { ...LIMITS, ...(cluster ? { DATABASE_URL: urlOf(cluster) } : {}) },
  })
  const show = await openShow(server)
  const listeners = [await seatFor(server, show, 'Listener')]
  const speakers = []
  for (let i = 0; i < Number(values.speakers); i++) speakers.push(await seatFor(server, show, `Speaker ${i}`))
  const client = await startClient({ speakers, listeners }, { server, cluster })
  const lines = Number(values.idle)
  const idle = await client.run({ do: 'idle', lines, warmUp: Math.ceil(lines / 2) })
  const flood = await client.run({ do: 'flood', seconds, warmUp: 2, window: Number(values.window) })
  const perSecond = flood.acks.length / flood.seconds / 2
  const half = await client.run({ do: 'paced', seconds, warmUp: 1, perSecond, seed: 1 })
  client.close()
  return { idle, flood, half }
}

/** CPU seconds per 1,000 lines of the hot stream: what holds on a machine that is busy with other things. */
function costs({ acks, cpu, clientCpu, seconds: lasted }: Run): Row[] {
  const per = (spent: number) => `${((spent / acks.length) * 1000).toFixed(3)} s`
  return [
    { what: 'CPU per 1,000 messages: server', value: per(cpu.server) },
    { what: 'CPU per 1,000 messages: database', value: per(cpu.database) },
    { what: 'CPU per 1,000 messages: load client', value: per(clientCpu * lasted) },
  ]
}

function warn(name: string, { clientCpu, cpu, refused, seconds: lasted }: Run): void {
  if (clientCpu > CLIENT_BUSY)
    console.log(`${name}: the client was the bottleneck, it used ${clientCpu.toFixed(2)} of a core`)
  const others = (cpu.machine - cpu.server - cpu.database) / cpu.at - clientCpu
  if (others > OTHERS_BUSY)
    console.log(
      `${name}: other programs used ${others.toFixed(2)} of ${cores} cores for ${lasted.toFixed(1)} s`,
    )
  for (const [code, count] of Object.entries(refused)) console.log(`${name}: ${count} refused, ${code}`)
}

async function twoNodes(): Promise<void> {
  const { own, other, ownWithoutRedis, otherWithoutRedis } = await measureNodes(
    LIMITS,
    Number(values.idle) / 2,
  )
  const later = at(other, 0.5) - at(own, 0.5)
  const latest = Math.max(...otherWithoutRedis)
  console.log(
    `\n${table('Two nodes, Postgres and Redis', [
      { what: 'say to seen p50, same node', value: ms(at(own, 0.5)) },
      { what: 'say to seen p50, other node', value: ms(at(other, 0.5)) },
      { what: 'other node later by', value: ms(later), goal: atMost(later, OTHER_NODE_MS, 'ms') },
      { what: 'Redis killed: say to seen p50, same node', value: ms(at(ownWithoutRedis, 0.5)) },
      { what: 'Redis killed: say to seen p50, other node', value: ms(at(otherWithoutRedis, 0.5)) },
      {
        what: 'Redis killed: say to seen at worst, other node',
        value: ms(latest),
        goal: atMost(latest, WITHOUT_REDIS_MS, 'ms'),
      },
    ])}`,
  )
}

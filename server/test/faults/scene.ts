// The stage of every fault: Postgres, Redis and three real nodes, each with its own breakable line to the
// database, to Redis and to the people; five streams and two hundred clients.
import { randomBytes } from 'node:crypto'
import { Pool } from 'pg'
import { startCluster, type Cluster } from '../cluster.ts'
import { createPerson } from '../client.ts'
import { createSeededRandom } from '../random.ts'
import { freePort, startRedis, type RedisServer } from '../redis.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { startProxy, type Proxy } from './proxy.ts'

export type Node = {
  port: number
  /** Where people reach it. */
  url: string
  toPostgres: Proxy
  toRedis: Proxy
  toPeople: Proxy
  /** Null while it is down. */
  process: ServerProcess | null
  start(): Promise<void>
  kill(): Promise<void>
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>
}

export type Redis = { port: number; start(): Promise<void>; kill(): Promise<void> }

export type Scene = {
  nodes: Node[]
  /** The one the nodes use now. */
  readonly postgres: Cluster
  /** From now on all lines lead to this one; the former stays until the end. */
  useDatabase(next: Cluster): Promise<void>
  redis: Redis
  /** As the superuser, past every policy: the truth the histories are held against. */
  admin(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  random: ReturnType<typeof createSeededRandom>
  /** What the nodes printed since they started. */
  output(): string
  /** Its connections, for what needs more than one statement. */
  pool(): Pool
  close(): Promise<void>
}

/** Far above any human: what is tested is delivery. */
const LIMITS = {
  MESSAGES_PER_SECOND: '1000',
  CHAT_COMMANDS_PER_SECOND: '1000',
  SOCKETS_PER_ADDRESS: '10000',
  CHAT_SOCKETS_PER_PERSON: '100',
  GUESTS_PER_MINUTE: '100000',
  PASSES_PER_MINUTE: '100000',
}

export const INJECTED = 'injected from outside'
/** Loaded before the server: a signal makes it throw, or reject, where nobody listens. */
const THROWER = `
  const thrown = () => new Error('${INJECTED}')
  process.on('SIGUSR2', () => setImmediate(() => { throw thrown() }))
  process.on('SIGWINCH', () => void Promise.reject(thrown()))`

export async function openScene(options: { seed: number; nodes: number }): Promise<Scene> {
  const databases = [await startCluster()]
  const postgres = () => databases.at(-1) ?? fail('a scene has a database')
  const redis = await openRedis()
  let pool = adminPool(postgres())
  const preload = `--import=data:text/javascript,${encodeURIComponent(THROWER)}`
  const env = { ...LIMITS, NODE_OPTIONS: preload, SESSION_KEY: randomBytes(32).toString('base64url') }
  const nodes: Node[] = []
  const printed: string[] = []
  for (let i = 0; i < options.nodes; i++) nodes.push(await openNode(postgres, redis, env, printed))
  // The first makes the schema and the host.
  await nodes[0]?.start()
  await Promise.all(nodes.slice(1).map((node) => node.start()))
  return {
    nodes,
    get postgres() {
      return postgres()
    },
    async useDatabase(next) {
      databases.push(next)
      await pool.end()
      pool = adminPool(next)
    },
    redis,
    random: createSeededRandom(options.seed),
    admin: async (sql, values = []) => (await pool.query<Record<string, unknown>>(sql, [...values])).rows,
    pool: () => pool,
    output: () => printed.join('') + nodes.map((node) => node.process?.output() ?? '').join(''),
    async close() {
      await Promise.all(nodes.map((node) => node.kill()))
      for (const { toPeople, toPostgres, toRedis } of nodes)
        await Promise.all([toPeople.close(), toPostgres.close(), toRedis.close()])
      await pool.end()
      await redis.kill()
      for (const database of databases) await database.stop()
    },
  }
}

const fail = (says: string): never => {
  throw new Error(says)
}

function adminPool(postgres: Cluster): Pool {
  const pool = new Pool({ host: postgres.host, user: 'postgres', database: 'postgres', max: 3 })
  pool.on('error', () => undefined) // the database is killed under it
  return pool
}

async function openRedis(): Promise<Redis> {
  const port = await freePort()
  let server: RedisServer | null = await startRedis(port)
  return {
    port,
    async start() {
      server ??= await startRedis(port)
    },
    async kill() {
      await server?.stop()
      server = null
    },
  }
}

async function openNode(
  postgres: () => Cluster,
  redis: Redis,
  env: Record<string, string>,
  printed: string[],
): Promise<Node> {
  const port = await freePort()
  const [toPostgres, toRedis, toPeople] = await Promise.all([
    startProxy(() => ({ path: `${postgres().host}/.s.PGSQL.5432` })),
    startProxy(() => ({ host: '127.0.0.1', port: redis.port })),
    startProxy(() => ({ host: '127.0.0.1', port })),
  ])
  const url = `http://127.0.0.1:${toPeople.port}`
  const all = {
    ...env,
    DATABASE_URL: `postgres://postgres@127.0.0.1:${toPostgres.port}/postgres`,
    REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
    ALLOWED_ORIGINS: url,
  }
  const gone = async (end: (process: ServerProcess) => Promise<unknown>) => {
    const was = node.process
    node.process = null
    if (!was) return null
    const code = await end(was)
    printed.push(was.output())
    return typeof code === 'number' ? code : null
  }
  const node: Node = {
    port,
    url,
    toPostgres,
    toRedis,
    toPeople,
    process: null,
    async start() {
      node.process = await startServer({ port, env: all })
    },
    async kill() {
      await gone((process) => process.kill())
    },
    stop: () => gone((process) => process.stop()),
  }
  return node
}

/** Signs in the host of the first start. */
export async function enterHost(scene: Scene) {
  const [node] = scene.nodes
  const link = node?.process?.loginLink
  if (!node || link === undefined) throw new Error('the first node printed no login link')
  const host = createPerson(node.url)
  await host.enter(link)
  return host
}

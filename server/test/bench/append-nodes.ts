// Two nodes, Postgres and Redis: how much later a line is seen on the other node, and how late it is when Redis
// is gone.
import { randomBytes } from 'node:crypto'
import { startCluster, urlOf } from '../cluster.ts'
import { freePort, startRedis } from '../redis.ts'
import { startServer } from '../server-process.ts'
import { openShow } from '../show.ts'
import { seatFor, startClient } from './append-client.ts'

/** Times in ms from say to seen: by somebody on the speaker's node, and by somebody on the other one. */
export type Nodes = Record<'own' | 'other' | 'ownWithoutRedis' | 'otherWithoutRedis', number[]>

export async function measureNodes(limits: Record<string, string>, lines: number): Promise<Nodes> {
  const cluster = await startCluster()
  const redis = await startRedis(await freePort())
  const env = {
    ...limits,
    DATABASE_URL: urlOf(cluster),
    REDIS_URL: redis.url,
    SESSION_KEY: randomBytes(32).toString('base64url'),
  }
  try {
    await using first = await startServer({ env })
    await using second = await startServer({ env })
    const show = await openShow(first)
    const speakers = [await seatFor(first, show, 'Ada')]
    const listeners = [await seatFor(first, show, 'Bo'), await seatFor(second, show, 'Cy')]
    const client = await startClient({ speakers, listeners }, { server: first, cluster })
    const idle = await client.run({ do: 'idle', lines, warmUp: Math.ceil(lines / 2) })
    await redis.stop()
    const cut = await client.run({ do: 'paced', perSecond: 10, seconds: 4, warmUp: 0, seed: 3 })
    client.close()
    const [own = [], other = []] = idle.seen
    const [ownWithoutRedis = [], otherWithoutRedis = []] = cut.seen
    return { own, other, ownWithoutRedis, otherWithoutRedis }
  } finally {
    await redis.stop()
    await cluster.stop()
  }
}

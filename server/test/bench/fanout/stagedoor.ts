// This server as the bench's peers meet it: built files, its own database, everything on. Limits per person and
// address are raised, because the whole crowd comes from one machine.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openChat } from '../../client.ts'
import { startCluster, urlOf } from '../../cluster.ts'
import { freePort, startRedis } from '../../redis.ts'
import { startServer } from '../../server-process.ts'
import { processSeconds, readCpu } from '../append-cpu.ts'
import { openWindow } from './inside.ts'
import { setStage } from './stage.ts'
import { pin, residentOf, type Target, type World } from './target.ts'

const LIMITS = {
  SOCKETS_PER_ADDRESS: '100000',
  MESSAGES_PER_SECOND: '1000',
  CHAT_COMMANDS_PER_SECOND: '1000',
}

/** One more than the world’s viewers is made: who looks where the room stands. */
export async function startStagedoor(
  name: 'stagedoor' | 'stagedoor+pg+redis',
  world: World,
): Promise<Target> {
  const alone = name === 'stagedoor'
  const dataDir = mkdtempSync(join(tmpdir(), 'stagedoor-'))
  const cluster = alone ? null : await startCluster()
  const redis = alone ? null : await startRedis(await freePort())
  const window = await openWindow()
  const secret = randomBytes(32)
  const stage = await setStage(
    cluster ? { url: urlOf(cluster) } : { dataDir },
    { ...world, viewers: world.viewers + 1 },
    secret,
  )
  const server = await startServer({
    dataDir,
    env: {
      ...LIMITS,
      ...window.env,
      NODE_ENV: 'production',
      SESSION_KEY: secret.toString('base64url'),
      ...(cluster && redis ? { DATABASE_URL: urlOf(cluster), REDIS_URL: redis.url } : {}),
    },
  })
  server.readLog(true)
  pin(server.pid, 0)
  const seats = new Map<number, number>()
  const observer = stage.passes(world.histories?.[0] ?? 0).at(-1) ?? ''

  return {
    name,
    places(count, history = world.histories?.[0] ?? 0) {
      const from = seats.get(history) ?? 0
      seats.set(history, from + count)
      const passes = stage.passes(history).slice(from, Math.min(from + count, world.viewers))
      if (passes.length < count) throw new Error(`there are only ${world.viewers} viewers`)
      return {
        port: Number(new URL(server.url).port),
        path: '/chat',
        ready: '{"t":"welcome"',
        says: '{"t":"say","id":"%U","text":"%L"}',
        firsts: passes.map((pass) => JSON.stringify({ t: 'hello', pass })),
        count,
        refusal: '{"t":"err"',
      }
    },
    async comeBack({ firsts }) {
      const chat = await openChat(server.url, observer)
      const cursors = chat.welcome.logs.map(({ log, epoch, seq }) => ({ log, epoch, seq }))
      chat.close()
      await chat.closed
      return firsts.map((hello) => JSON.stringify({ ...(JSON.parse(hello) as object), cursors }))
    },
    spent() {
      const { database, machine, at, server: own } = readCpu(server.pid, cluster)
      const whole = cluster ? own : own + database
      return { server: whole, database, machine, at, redis: redis ? processSeconds(redis.pid) : 0 }
    },
    resident: () => residentOf(server.pid),
    inside: window,
    async close() {
      await server.kill()
      rmSync(dataDir, { recursive: true, force: true })
      await window.close()
      await redis?.stop()
      await cluster?.stop()
    },
  }
}

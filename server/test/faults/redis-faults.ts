// Redis is an accelerator: whatever happens to it, only lateness changes.
import { Redis } from 'ioredis'
import type { Fault } from './run.ts'
import { wait } from './run.ts'

/** With Redis gone, nodes look into the database every second. */
const WITHIN_MS = 2_000

export const redisKilled: Fault = {
  id: 'F8',
  says: 'Redis kill -9, away 15 s, restarted empty',
  withinMs: WITHIN_MS,
  async run({ scene: { redis }, scale }) {
    await redis.kill()
    await wait(15_000 * scale)
    await redis.start()
    await wait(8_000 * scale)
    return []
  },
}

export const subscribersKilled: Fault = {
  id: 'F9',
  says: 'CLIENT KILL TYPE pubsub every second for 15 s',
  withinMs: WITHIN_MS,
  async run({ scene: { redis }, scale }) {
    const admin = new Redis(redis.port)
    for (let i = 0; i < 15 * scale; i++) {
      await admin.client('KILL', 'TYPE', 'PUBSUB')
      await wait(1_000)
    }
    admin.disconnect()
    return []
  },
}

export const redisSilent: Fault = {
  id: 'F10',
  says: 'the lines to Redis look healthy and carry nothing for 15 s',
  withinMs: WITHIN_MS,
  async run({ scene, scale }) {
    for (const { toRedis } of scene.nodes) toRedis.mute(['up', 'down'])
    await wait(15_000 * scale)
    for (const { toRedis } of scene.nodes) toRedis.mend()
    await wait(3_000 * scale)
    return scale < 1 || scene.output().includes('redis away') ? [] : ['no node noticed that Redis was silent']
  },
}

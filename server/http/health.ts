// Is the process there, and can it do its work.
import { Hono } from 'hono'
import { refuse } from './answers.ts'
import type { HttpEnv } from './context.ts'

/** `ready` asks the database, in a time of its own. */
export function healthRoutes({ ready }: { ready: () => Promise<boolean> }) {
  return new Hono<HttpEnv>()
    .get('/healthz', (c) => c.text('ok'))
    .get('/readyz', async (c) => {
      const isReady = await ready().catch(() => false)
      return isReady ? c.text('ok') : refuse(c, { code: 'unavailable' })
    })
}

// What other services tell us. A signature is over bytes: the body is read as it came and parsed behind the check.
import { Hono } from 'hono'
import type { MuxHooks } from '../app/mux-hooks.ts'
import { refuse } from './answers.ts'
import type { HttpEnv } from './context.ts'

/** Null: this server has nothing to do with Mux. */
export type WebhookDeps = { muxHooks: MuxHooks | null }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function webhookRoutes({ muxHooks }: WebhookDeps) {
  const app = new Hono<HttpEnv>()
  // A second delivery is answered like the first: it was kept, and is not sent again.
  if (muxHooks)
    app.post('/mux', async (c) => {
      const body = textOf(await c.req.arrayBuffer())
      const known = body !== null && (await muxHooks.receive(body, c.req.header('mux-signature')))
      return known ? c.body(null, 204) : refuse(c, { code: 'bad_request', field: 'mux-signature' })
    })
  return app
}

/** Null: these bytes are no text, and would not come back the same from one. */
function textOf(bytes: ArrayBuffer): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

// Somebody at the door of a running server: a cookie jar, requests whose answers are kept as the bytes they were, and
// chat sockets. Waits as long as the server asks for; anything else that fails is a failure of the run.
import { setTimeout as wait } from 'node:timers/promises'
import type { Pass } from '../../../shared/api/streams.ts'
import type { OverlayLink, OverlayPass } from '../../../shared/api/overlay.ts'
import type { Me } from '../../../shared/api/identity.ts'
import { openChat, type ChatSocket } from '../../test/client.ts'

export type Answer = { status: number; headers: string; body: string }
export type Visitor = ReturnType<typeof createVisitor>

const PATIENCE_MS = 120_000

export function createVisitor(base: string) {
  let cookie = ''

  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const until = Date.now() + PATIENCE_MS
    for (;;) {
      const response = await fetch(base + path, {
        method,
        redirect: 'manual',
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(cookie ? { cookie } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      for (const line of response.headers.getSetCookie()) cookie = line.split(';')[0] ?? ''
      const text = await response.text()
      const after = Number(response.headers.get('retry-after'))
      if (response.status !== 429 || !(after > 0) || Date.now() + after * 1_000 > until)
        return { status: response.status, headers: spelled(response.headers), body: text }
      await wait(after * 1_000)
    }
  }

  /** Throws with the server's own words when it does not succeed. */
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, body: text } = await ask(method, path, body)
    if (status >= 300) throw new Error(`${method} ${path} was answered with ${status} ${text.slice(0, 300)}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  return {
    ask,
    call,
    me: () => call<Me>('GET', '/api/me'),
    async join(slug: string): Promise<ChatSocket> {
      const { pass } = await call<Pass>('POST', `/api/streams/${slug}/pass`, {})
      return openChat(base, pass)
    },
    /** What this host would put into its picture. */
    async overlay(slug: string): Promise<ChatSocket> {
      const { url } = await call<OverlayLink>('POST', `/api/streams/${slug}/overlay-key`, {})
      const key = new URL(url).hash.slice(1)
      const { pass } = await call<OverlayPass>('POST', `/api/streams/${slug}/overlay-pass`, { key })
      return openChat(base, pass)
    },
  }
}

/** Without what differs between any two answers: dates and the like. */
function spelled(headers: Headers): string {
  return [...headers]
    .filter(([name]) => name !== 'date' && name !== 'set-cookie')
    .map(([name, value]) => `${name}: ${value}`)
    .sort()
    .join('\n')
}

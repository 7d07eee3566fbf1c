// The server's front door: a session in a cookie, and answers whose refusals say what to do about them.
import type { Me } from '../shared/api/identity.ts'
import type { Pass } from '../shared/api/streams.ts'
import { LIMITS } from '../shared/protocol/limits.ts'

export type Visitor = ReturnType<typeof createVisitor>
/** What somebody who runs the test can mend; the message says how. */
export class Stopped extends Error {
  override name = 'Stopped'
}

const TIMEOUT_MS = 30_000
/** Which limit of the server is behind a 429. */
const LIFTS = [
  { path: /^\/api\/guest$/, variable: 'GUESTS_PER_MINUTE' },
  { path: /\/pass$/, variable: 'PASSES_PER_MINUTE' },
  { path: /^\/api\/sign-in/, variable: 'SIGN_INS_PER_MINUTE' },
]

export function createVisitor(url: string, cookie = '') {
  async function ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; text: string }> {
    let response
    try {
      response = await fetch(url + path, {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(cookie ? { cookie } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (error) {
      throw new Stopped(`${url} does not answer (${reasonOf(error)}): start it, or give the right --url`, {
        cause: error,
      })
    }
    for (const line of response.headers.getSetCookie()) cookie = line.split(';')[0] ?? ''
    return { status: response.status, text: await response.text() }
  }

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await ask(method, path, body)
    if (status === 429) throw new Stopped(liftFor(url, path))
    if (status >= 300)
      throw new Stopped(`${method} ${url}${path} was answered with ${status} ${text.slice(0, 300)}`)
    return (text === '' ? undefined : parsed(text, `${url}${path}`)) as T
  }

  return {
    url,
    call,
    cookie: () => cookie,
    me: () => call<Me>('GET', '/api/me'),
    guest: (name: string) => call<Me>('POST', '/api/guest', { name: name.slice(0, LIMITS.nameChars) }),
    pass: (slug: string) => call<Pass>('POST', `/api/streams/${slug}/pass`, {}),
    enter: (link: string) => call<Me>('POST', '/api/sign-in/link', { token: new URL(link).hash.slice(1) }),
    signIn: (email: string, password: string) => call<Me>('POST', '/api/sign-in', { email, password }),
  }
}

export function liftFor(url: string, path: string): string {
  const variable = LIFTS.find((lift) => lift.path.test(path))?.variable ?? 'the limits'
  return (
    `${url} answered 429 to ${path}: raise ${variable} in the environment of the server, for example ` +
    `${variable}=1000000, and restart it`
  )
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Stopped(`${where} answered with something else than JSON: is this a Stagedoor server?`)
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message
}

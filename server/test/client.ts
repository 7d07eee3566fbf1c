// A person at the protocol level: cookies, REST and the chat socket, against a real server.
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type {
  Cursor,
  Entries,
  Err,
  Frame,
  LogName,
  Ok,
  Page,
  Request,
  Welcome,
} from '../../shared/protocol/index.ts'
import type { Pass } from '../../shared/api/streams.ts'
import type { Me } from '../../shared/api/identity.ts'

export type Person = ReturnType<typeof createPerson>

/** One cookie jar, which may begin with the cookie of another. `call` throws on a refusal unless `expect` names the
 * status. */
export function createPerson(base: string, cookie = '') {
  async function call<T>(method: string, path: string, body?: unknown, expected?: number): Promise<T> {
    const response = await fetch(base + path, {
      method,
      headers: { 'content-type': 'application/json', origin: base, ...(cookie ? { cookie } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) cookie = line.split(';')[0] ?? ''
    const text = await response.text()
    const fits = expected === undefined ? response.ok : response.status === expected
    if (!fits) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    call,
    cookie: () => cookie,
    enter: (link: string) => call<Me>('POST', '/api/sign-in/link', { token: new URL(link).hash.slice(1) }),
    async join(slug: string, cursors?: Cursor[]): Promise<ChatSocket> {
      const { pass } = await call<Pass>('POST', `/api/streams/${slug}/pass`, {})
      return openChat(base, pass, cursors)
    },
  }
}

export type ChatSocket = {
  welcome: Welcome
  /** Every frame after the welcome, in order. */
  frames: Frame[]
  /** When the newest frame arrived, on the clock of `performance.now`. */
  lastAt(): number
  raw: string[]
  /** Resolves with the answer to one command; rejects when the socket closes first. */
  ask(request: WithoutId<Request>, id?: string): Promise<Ok | Err>
  /** Entries `from`..`to` of a log. */
  read(log: LogName, from: number, to: number): Promise<Page>
  /** Resolves when a frame (past or future) satisfies `match`. */
  seen<T extends Frame>(match: (frame: Frame) => frame is T): Promise<T>
  said(text: string): Promise<Entries>
  closed: Promise<{ code: number; reason: string }>
  close(): void
  terminate(): void
}
type WithoutId<T> = T extends { id: string } ? Omit<T, 'id'> : never

export async function openChat(base: string, pass: string, cursors?: Cursor[]): Promise<ChatSocket> {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/chat`)
  const frames: Frame[] = []
  const raw: string[] = []
  const waiting = new Map<string, { resolve: (frame: Ok | Err) => void; reject: (error: Error) => void }>()
  const watchers = new Set<(frame: Frame) => void>()
  let welcomed: (welcome: Welcome) => void = () => undefined
  const welcome = new Promise<Welcome>((resolve) => (welcomed = resolve))
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => {
      for (const { reject } of waiting.values()) reject(new Error(`closed with ${code} ${reason.toString()}`))
      resolve({ code, reason: reason.toString() })
    }),
  )
  let gone = false
  socket.on('close', () => (gone = true))
  socket.on('error', () => undefined)
  socket.on('open', () => socket.send(JSON.stringify({ t: 'hello', pass, ...(cursors ? { cursors } : {}) })))
  let lastAt = 0
  socket.on('message', (data) => {
    lastAt = performance.now()
    const text = (data as Buffer).toString()
    const frame = JSON.parse(text) as Frame
    raw.push(text)
    if (frame.t === 'welcome') {
      welcomed(frame)
      return
    }
    frames.push(frame)
    if ((frame.t === 'ok' || frame.t === 'err') && frame.re !== undefined) {
      waiting.get(frame.re)?.resolve(frame)
      waiting.delete(frame.re)
    }
    for (const watcher of [...watchers]) watcher(frame)
  })
  const first = await Promise.race([welcome, closed])
  if ('code' in first) throw new Error(`the chat socket closed with ${first.code} ${first.reason}`)

  function seen<T extends Frame>(match: (frame: Frame) => frame is T): Promise<T> {
    const past = frames.find(match)
    if (past) return Promise.resolve(past)
    return new Promise((resolve) => {
      const watcher = (frame: Frame) => {
        if (!match(frame)) return
        watchers.delete(watcher)
        resolve(frame)
      }
      watchers.add(watcher)
    })
  }

  return {
    welcome: first,
    frames,
    lastAt: () => lastAt,
    raw,
    ask: (request, id = randomUUID()) =>
      new Promise((resolve, reject) => {
        if (gone) {
          reject(new Error('the socket is closed'))
          return
        }
        waiting.set(id, { resolve, reject })
        socket.send(JSON.stringify({ ...request, id }))
      }),
    seen,
    read(log, from, to) {
      const id = randomUUID()
      socket.send(JSON.stringify({ t: 'read', id, log, from, to }))
      return seen((frame): frame is Page => frame.t === 'page' && frame.re === id)
    },
    said: (text) =>
      seen(
        (frame): frame is Entries =>
          frame.t === 'entries' && JSON.stringify(frame).includes(JSON.stringify(text)),
      ),
    closed,
    close: () => socket.close(),
    terminate: () => socket.terminate(),
  }
}

// One person of a fault run: the product's own connection and outbox over real sockets, with everything that
// happens written down. Nothing here repairs anything: what the product loses is lost.
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { createApi } from '../../../client/api.ts'
import { createConnection } from '../../../client/chat/connection.ts'
import { createOutbox, type Lane } from '../../../client/chat/outbox.ts'
import type { Status } from '../../../client/chat/status.ts'
import type { Clock, Socket } from '../../../client/chat/surroundings.ts'
import { handShelf } from '../../../client/chat/test/hand.ts'
import type { Person } from '../../../client/chat/threads.ts'
import { createUnsent } from '../../../client/chat/unsent.ts'
import { createPassSource } from '../../../client/pass.ts'
import type { Entry, LogName, Request, Welcome } from '../../../shared/protocol/index.ts'
import { emptyHistory, whatOf, type ClientHistory, type Seen } from './history.ts'
import { privateText } from './texts.ts'

export type FaultClient = {
  history: ClientHistory
  status(): Status['at']
  position(log: LogName): number
  epoch(log: LogName): string | undefined
  /** False when the composer keeps the text. */
  post(lane: 'public' | 'private', text: string, to?: Person): boolean
  /** Sends a command and forgets it. */
  send(request: Request): boolean
  /** One `read`: its code is null for a page, `silence` when nothing came within two seconds. */
  read(log: LogName, from: number, to: number): Promise<{ entries: Entry[]; code: string | null }>
  /** Reads what snapshots left out; resolves when everything up to the present position was seen. */
  scrollBack(): Promise<void>
  /** Breaks the line as a lost network does. */
  drop(): void
  /** Texts without an outcome. */
  waiting(): number
  stop(): void
}

export type FaultClientDeps = {
  client: number
  stream: number
  isHost: boolean
  slug: string
  cookie: string
  clock: Clock
  fraction: () => number
  /** The origin to try now: any node, as behind a load balancer. */
  origin: () => string
}

const signals = { online: () => true, visible: () => true, subscribe: () => () => undefined }
const PAGE = 100
const READ_MS = 2_000

export function createFaultClient(deps: FaultClientDeps): FaultClient {
  const { client, stream, isHost, slug, cookie, clock } = deps
  const history = emptyHistory(client, stream, isHost)
  const random = { uuid: () => randomUUID(), fraction: deps.fraction }
  const logOf = (lane: Lane): LogName => (lane === 'public' ? 'room' : isHost ? 'inbox' : 'thread')
  const positions = new Map<LogName, number>()
  const epochs = new Map<LogName, string>()
  const reads = new Map<string, (answer: { entries: Entry[]; code: string | null }) => void>()
  let line = 0
  let status: Status = { at: 'stopped' }
  let socket: WebSocket | null = null

  const api = createApi((path, init) =>
    fetch(deps.origin() + (path as string), {
      ...init,
      headers: { 'content-type': 'application/json', cookie },
    }),
  )
  const passes = createPassSource(() => api.pass(slug), clock.now)

  function open(): Socket {
    const ws = new WebSocket(`${deps.origin().replace('http', 'ws')}/chat`)
    const side: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: write,
      close: () => ws.close(),
    }
    function write(text: string): void {
      if (ws.readyState === WebSocket.OPEN) ws.send(text)
    }
    socket = ws
    line += 1
    ws.on('open', () => side.onopen?.())
    ws.on('error', () => undefined)
    ws.on('message', (bytes: Buffer) => {
      const data = bytes.toString()
      for (const owner of privateText.owners(data))
        if (owner.stream !== stream || (owner.viewer !== client && !isHost)) history.foreign.push(data)
      side.onmessage?.({ data })
    })
    ws.on('close', (code, reason) => {
      history.closes.set(code, (history.closes.get(code) ?? 0) + 1)
      side.onclose?.({ code, reason: reason.toString() })
    })
    return side
  }

  function saw(log: LogName, epoch: string, entries: readonly Entry[], how: Seen['how']): void {
    const at = clock.now()
    for (const entry of entries) {
      const { key, text } = whatOf(entry)
      const what = text === null ? key : `${key} ${text}`
      history.seen.push({ line, log, epoch, seq: entry.seq, what, at, how })
    }
  }

  function greeted(welcome: Welcome): void {
    for (const { log, epoch, seq, recovered, entries } of welcome.logs) {
      if (!recovered) history.snapshots += 1
      const start = seq - entries.length
      if (epochs.get(log) !== epoch) history.starts.set(log, start)
      saw(log, epoch, entries, 'join')
      positions.set(log, seq)
      epochs.set(log, epoch)
    }
  }

  const connection = createConnection({
    open,
    passes,
    clock,
    random,
    signals,
    onStatus(next) {
      const was = status.at
      status = next
      if (next.at === 'connected') outbox.connected(String(client))
      else if (was === 'connected') outbox.disconnected()
    },
    onWelcome: greeted,
    onEntries(log, entries) {
      saw(log, epochs.get(log) ?? '', entries, 'live')
      positions.set(log, entries.at(-1)?.seq ?? 0)
      outbox.shown()
    },
    onPulse: () => undefined,
    // The newest entries only: what lies between is read back at the end.
    onSnapshot({ log, epoch, seq, entries }) {
      history.snapshots += 1
      saw(log, epoch, entries, 'fill')
      positions.set(log, seq)
    },
    onReply(reply) {
      if (reply.t === 'page') {
        saw(reply.log, epochs.get(reply.log) ?? '', reply.entries, 'fill')
        reads.get(reply.re)?.({ entries: reply.entries, code: null })
        return
      }
      const send = history.sends.find(({ cmid }) => cmid === reply.re)
      if (send && reply.t === 'ok') {
        send.outcome = 'ok'
        send.okAt ??= clock.now()
        if (reply.seq !== undefined) send.seq = reply.seq
      }
      if (reply.t === 'err' && reply.re !== undefined)
        reads.get(reply.re)?.({ entries: [], code: reply.code })
      outbox.replied(reply)
    },
  })
  const outbox = createOutbox({
    clock,
    random,
    unsent: createUnsent({ shelf: handShelf(), clock, slug }),
    send: connection.send,
    doubt: connection.check,
    position: (lane) => positions.get(logOf(lane)) ?? 0,
    epoch: (lane) => epochs.get(logOf(lane)),
    onChange(items) {
      for (const { cmid, lane, text, delivery } of items) {
        let send = history.sends.findLast((one) => one.cmid === cmid)
        if (!send) {
          const nth = history.sends.filter((one) => one.lane === lane).length
          send = { client, cmid, lane, text, nth, postedAt: clock.now(), outcome: 'open' }
          history.sends.push(send)
        }
        if (delivery.is === 'refused') send.outcome = 'refused'
      }
      waiting = items.filter(({ delivery }) => delivery.is !== 'sent' && delivery.is !== 'refused').length
    },
  })
  let waiting = 0

  const read: FaultClient['read'] = async (log, from, to) => {
    const id = randomUUID()
    const answer = await new Promise<{ entries: Entry[]; code: string | null }>((resolve) => {
      reads.set(id, resolve)
      const silence = () => resolve({ entries: [], code: 'silence' })
      clock.after(READ_MS, silence)
      if (!connection.send({ t: 'read', id, log, from, to })) silence()
    })
    reads.delete(id)
    return answer
  }

  connection.start()
  return {
    history,
    status: () => status.at,
    position: (log) => positions.get(log) ?? 0,
    epoch: (log) => epochs.get(log),
    post: (lane, text, to) => outbox.post({ lane, text, ...(to ? { to } : {}) }),
    send: connection.send,
    read,
    async scrollBack() {
      for (const [log, start] of history.starts) {
        const have = new Set(history.seen.filter((one) => one.log === log).map(({ seq }) => seq))
        for (let seq = start + 1; seq <= (positions.get(log) ?? 0); seq++) {
          if (have.has(seq)) continue
          const { entries } = await read(log, seq, seq + PAGE - 1)
          for (const entry of entries) have.add(entry.seq)
        }
      }
    },
    drop: () => socket?.terminate(),
    waiting: () => waiting,
    stop: connection.stop,
  }
}

// One phone of the crowd: the client's own connection (backoff, cursors, sequence, repair) on a light socket. It
// keeps no entries, only how far it is, and counts everything that should not happen.
import { createConnection } from '../../../client/chat/connection.ts'
import type { Clock, Random, Signals } from '../../../client/chat/surroundings.ts'
import { createPassSource } from '../../../client/pass.ts'
import type { Answer, Denial } from '../../../client/api.ts'
import { openLightSocket, type Seen } from './storm-socket.ts'
import type { Entry, Request } from '../../../shared/protocol/index.ts'
import type { Pass } from '../../../shared/api/streams.ts'
import type { Counters, Ticket } from './storm-talk.ts'

export type Phone = ReturnType<typeof createPhone>

const clock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
}
const signals: Signals = { online: () => true, visible: () => true, subscribe: () => () => undefined }

type Deps = {
  ticket: Ticket
  url: string
  random: Random
  counters: Counters
  /** `code` is null for `ok`. */
  onReply: (re: string, code: string | null) => void
  onBack: (first: boolean) => void
}

export function createPhone({ ticket, url, random, counters, onReply, onBack }: Deps) {
  const port = Number(new URL(url).port)
  const seqs = new Map<string, number>()
  let welcomedAt = 0

  const count = (kind: string) => (counters[kind] = (counters[kind] ?? 0) + 1)

  /** An old pass first, when the ticket holds one: this phone's clock is wrong and believes in it. */
  let old = ticket.pass
  async function ask(): Promise<Answer<Pass>> {
    if (old !== null) {
      const pass = old
      if (ticket.expired) old = null
      const person = { id: ticket.principal, name: '', guest: true }
      return { ok: true, value: { pass, person, expiresAt: Date.now() + 1_800_000 } }
    }
    count('passes asked')
    try {
      const response = await fetch(`${url}/api/streams/${ticket.slug}/pass`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url, cookie: ticket.cookie },
        body: '{}',
      })
      count(`passes ${response.status}`)
      if (response.status === 429 && !response.headers.has('retry-after'))
        count('error 429 without retry-after')
      const body: unknown = await response.json()
      return response.ok ? { ok: true, value: body as Pass } : { ok: false, denial: body as Denial }
    } catch {
      count('passes without an answer')
      return { ok: false, denial: { code: 'offline', says: '' } }
    }
  }

  /** Everything after the first welcome must go on where this phone was. */
  function took(log: string, entries: readonly Entry[]) {
    for (const { seq } of entries) {
      if (seq !== (seqs.get(log) ?? 0) + 1) count('error gap')
      seqs.set(log, seq)
    }
  }

  const connection = createConnection({
    open() {
      count('dials')
      return openLightSocket(port, { sent, ended })
    },
    passes: createPassSource(ask, clock.now),
    clock,
    random,
    signals,
    onStatus({ at }) {
      if (at === 'banned' || at === 'ended' || at === 'refused') count(`error ${at}`)
    },
    onWelcome(welcome) {
      const first = welcomedAt === 0
      welcomedAt ||= clock.now()
      count('welcomes')
      for (const { log, seq, recovered, reason, entries } of welcome.logs) {
        if (recovered) took(log, entries)
        else if (reason !== 'new') count(`error snapshot ${reason}`)
        if (recovered && seqs.get(log) !== seq) count('error short resume')
        seqs.set(log, seq)
      }
      onBack(first)
    },
    onEntries: took,
    onPulse: () => undefined,
    onSnapshot: () => count('error snapshot'),
    onReply(reply) {
      if (reply.t !== 'page' && reply.re !== undefined)
        onReply(reply.re, reply.t === 'err' ? reply.code : null)
    },
  })

  function sent(text: string) {
    if (text.startsWith('{"t":"read"')) count('error repair')
  }

  function ended({ code, reason, gaveUp }: Parameters<Seen['ended']>[0]) {
    if (gaveUp) count('error given up')
    else if (code === 4401 && ticket.expired) count('closed 4401')
    else if (code !== 1006 || reason.startsWith('HTTP')) count(`error ${code} ${reason}`)
    else count(`closed ${reason}`.trim())
  }

  return {
    ticket,
    start: () => connection.start(),
    stop: () => connection.stop(),
    /** Only a later welcome counts. */
    watch: () => void (welcomedAt = 0),
    /** Of the first since then, Unix ms; 0 before it. */
    welcomedAt: () => welcomedAt,
    seq: (log: string) => seqs.get(log) ?? 0,
    send: (request: Request) => connection.send(request),
  }
}

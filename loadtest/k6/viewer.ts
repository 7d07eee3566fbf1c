// One viewer (or the host) on its socket, as the real client behaves: hello with cursors, answers by id, a new pass
// before the old one ends, back again as the close code advises.
import http from 'k6/http'
import { WebSocket } from 'k6/websockets'
import { adviceFor, retryHint } from '../../shared/protocol/close.ts'
import type { Hello, Request } from '../../shared/protocol/commands.ts'
import type { Err, Frame, Ok, Welcome } from '../../shared/protocol/frames.ts'
import type { Pass } from '../../shared/api/streams.ts'
import type { Clock } from './clock.ts'
import type { Seat } from './lines.ts'
import type { Marks } from './marks.ts'
import type { Meter } from './meter.ts'
import { createReading, type Reading } from './reading.ts'
import type { createLook } from './room.ts'

export type Viewer = ReturnType<typeof createViewer>
type Asked = Request extends infer R ? (R extends { id: string } ? Omit<R, 'id'> : never) : never
/** k6 gives these where its types do not say so. */
type Closing = { code?: number; reason?: string }

export type ViewerDeps = {
  seat: Seat
  slug: string
  clock: Clock
  meter: Meter
  marks: Marks
  /** Of all viewers of one virtual user. */
  look: ReturnType<typeof createLook>
  /** Looks for the private texts of others in every frame. */
  inspects: boolean
  /** Parses every frame whole, to hold the cheap look of the others against. */
  thorough: boolean
  /** The first of its virtual user: it alone reads the totals that all are told. */
  leads: boolean
}

const JITTER_MS = 1_500
const RENEW_MIN_MS = 5_000

export function createViewer(deps: ViewerDeps) {
  const { seat, slug, clock, meter } = deps
  const address = `${seat.url.replace(/^http/, 'ws')}/chat`
  const reading: Reading = createReading(deps)
  const waiting = new Map<string, { at: number; done: (answer: Ok | Err) => void }>()
  const isViewer = seat.index >= 0
  let pass = seat.pass
  let socket: WebSocket | null = null
  let opening = 0
  let skew = 0
  let welcomed = false
  let everWelcomed = false
  let leaving = false
  let renewal: ReturnType<typeof setTimeout> | null = null

  function open(): void {
    leaving = false
    welcomed = false
    opening = clock()
    meter.total.connects++
    const mine = new WebSocket(address)
    socket = mine
    let refused = ''
    mine.onopen = () => {
      const hello: Hello = { t: 'hello', pass, ...(everWelcomed ? { cursors: reading.cursors() } : {}) }
      mine.send(JSON.stringify(hello))
    }
    mine.onmessage = (event) => {
      if (mine !== socket || event === undefined) return
      take(event.data as string, event.timestamp)
    }
    mine.onerror = (event) => (refused = event?.error ?? '')
    mine.onclose = (event?: Closing) => closed(mine, event ?? {}, refused)
  }

  function closed(which: WebSocket, { code = 1006, reason = '' }: Closing, refused: string): void {
    if (which !== socket) return
    socket = null
    const before = welcomed
    welcomed = false
    if (renewal) clearTimeout(renewal)
    for (const { done } of waiting.values()) done({ t: 'err', code: 'unavailable', says: 'closed' })
    waiting.clear()
    if (leaving) return
    meter.error(before || code !== 1006 ? `closed ${code}` : `no connection: ${refused}`)
    const advice = adviceFor(code)
    if (advice === 'no') return
    const wait = retryHint(reason) ?? 500 + Math.random() * JITTER_MS
    setTimeout(() => {
      if (leaving) return
      if (advice === 'with_new_pass') freshPass(() => open())
      else open()
    }, wait)
  }

  function take(frame: string, at: number): void {
    if (reading.took(frame, at)) return
    const parsed = JSON.parse(frame) as Frame
    if (parsed.t === 'welcome') welcome(parsed)
    else if ((parsed.t === 'ok' || parsed.t === 'err') && parsed.re !== undefined) {
      const asked = waiting.get(parsed.re)
      waiting.delete(parsed.re)
      asked?.done(parsed)
    } else if (parsed.t === 'err') meter.error(parsed.code)
    else reading.rare(parsed, at)
  }

  function welcome(frame: Welcome): void {
    const took = clock() - opening
    welcomed = true
    if (everWelcomed) meter.resumeTook(took)
    else {
      meter.joinTook(took)
      if (isViewer) meter.total.joined++
    }
    reading.welcome(frame, everWelcomed)
    everWelcomed = true
    skew = frame.now - Date.now()
    renewBefore(frame.passExpiresAt)
  }

  /** Over HTTP, with the session of this viewer, as a page does it. */
  function freshPass(then: (fresh: Pass) => void, otherwise: () => void = () => undefined): void {
    http
      .asyncRequest('POST', `${seat.url}/api/streams/${slug}/pass`, '{}', {
        headers: { 'content-type': 'application/json', cookie: seat.cookie },
        jar: new http.CookieJar(),
      })
      .then(
        ({ status, body }) => {
          if (status !== 200) {
            meter.error(`pass ${status}`)
            otherwise()
            return
          }
          const fresh = JSON.parse(body as string) as Pass
          pass = fresh.pass
          then(fresh)
        },
        () => {
          meter.error('pass: no answer')
          otherwise()
        },
      )
  }

  function renewBefore(expiresAt: number): void {
    const left = expiresAt - skew - Date.now()
    renewal = setTimeout(renew, Math.max(RENEW_MIN_MS, left * (0.65 + 0.2 * Math.random())))
  }

  function renew(): void {
    freshPass(
      ({ pass: fresh, expiresAt }) => {
        // A lost or refused renewal ends in 4401, which comes back with a new pass.
        ask({ t: 'renew', pass: fresh }, () => undefined)
        if (!leaving) renewBefore(expiresAt)
      },
      () => {
        if (!leaving) renewal = setTimeout(renew, RENEW_MIN_MS)
      },
    )
  }

  /** `done` hears how it ended; refusals are counted here. False when there is no socket to ask on. */
  function ask(request: Asked, done: (answer: Ok | Err) => void): boolean {
    if (!socket || !welcomed) return false
    const id = crypto.randomUUID()
    const at = clock()
    meter.total.sent++
    waiting.set(id, {
      at,
      done(answer) {
        if (answer.t === 'ok') {
          meter.total.acked++
          meter.ackTook(clock() - at)
        } else meter.error(answer.says === 'closed' ? 'cut before the answer' : answer.code)
        done(answer)
      },
    })
    socket.send(JSON.stringify({ ...request, id }))
    return true
  }

  /** As somebody whose connection is cut: nothing is awaited. */
  function leave(): void {
    leaving = true
    if (renewal) clearTimeout(renewal)
    socket?.close()
    socket = null
    welcomed = false
    waiting.clear()
  }

  return {
    seat,
    reading,
    open,
    /** As somebody who opens the page: the stream, a pass, and then the socket. */
    arrive() {
      http.asyncRequest('GET', `${seat.url}/api/streams/${slug}`, null, { jar: new http.CookieJar() }).then(
        ({ status }) => {
          if (status !== 200) meter.error(`page ${status}`)
          freshPass(() => open())
        },
        () => meter.error('page: no answer'),
      )
    },
    ask,
    leave,
    here: () => welcomed,
    unanswered: () => waiting.size,
  }
}

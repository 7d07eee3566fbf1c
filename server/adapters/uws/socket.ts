// WebSocket endpoints. Upgrades are judged before they happen; frames are copied out of memory the library
// takes back; a session that throws is caught here and costs its own socket alone.
import type { TemplatedApp, WebSocket } from 'uWebSockets.js'
import type { Clock, Endpoint, Log, Peer, Random, SocketSession } from '../../app/ports.ts'
import { addressOf } from './address.ts'
import { createPings } from './pings.ts'
import { NO_COMPRESSION } from './vendor.ts'

type SocketDeps = {
  app: TemplatedApp
  allowedOrigins: readonly string[]
  socketsPerAddress: number
  trustedHops: number
  clock: Clock
  random: Random
  log: Log
  idleSeconds?: number
}

/** All that is kept of a connection here, and what its session sees of it. A class, because there is one per viewer:
 * as an object of closures it took 800 bytes more. The library copies what it is given into the socket, property by
 * property: it is given this one alone. */
class Connection implements Peer {
  readonly address: string
  readonly #number: number
  /** Null before `open` and from `close` on: any use of it then throws. */
  ws: Socket | null = null
  slow = false
  session: SocketSession | null = null

  constructor(number: number, address: string) {
    this.#number = number
    this.address = address
  }
  get id() {
    return String(this.#number)
  }
  send(frame: string | Uint8Array, as?: 'text') {
    return this.ws !== null && this.ws.send(frame, typeof frame !== 'string' && as !== 'text') !== 2
  }
  cork(run: () => void) {
    if (this.ws) this.ws.cork(run)
    else run()
  }
  buffered() {
    return this.ws?.getBufferedAmount() ?? 0
  }
  subscribe(topic: string) {
    this.ws?.subscribe(topic)
  }
  unsubscribe(topic: string) {
    this.ws?.unsubscribe(topic)
  }
  close(code: number, reason = '') {
    this.ws?.end(code, clip(reason))
  }
  ping() {
    this.ws?.ping()
  }
}
type Held = { connection: Connection }
type Socket = WebSocket<Held>

/** Of this the library takes 16 s for the answer to its ping: it pings a peer after 24 s without a frame (its
 * timer ticks every 4 s) and cuts it at 40 s, so that a half-open line is noticed well within a minute. Only
 * frames from the peer count: what is sent to a dead line must not keep it alive. */
const IDLE_SECONDS = 40
/** Leaving its last topic in the tick of a publish can lose frames already queued: one topic is for life. The same
 * for all, and never published to: one of its own for each cost 300 bytes. */
const LIFE = 'life'
/** RFC 6455: a close frame carries at most 125 bytes, two of them the code. */
const REASON_BYTES = 123

export function createSockets(deps: SocketDeps) {
  const {
    app,
    allowedOrigins,
    socketsPerAddress,
    trustedHops,
    clock,
    random,
    log,
    idleSeconds = IDLE_SECONDS,
  } = deps
  // Twice in the time the library takes for silence.
  const open = createPings<Connection>(clock, idleSeconds * 500)
  const perAddress = new Map<string, number>()
  let opened = 0
  let draining = false

  function count(address: string, by: 1 | -1): void {
    const now = (perAddress.get(address) ?? 0) + by
    if (now > 0) perAddress.set(address, now)
    else perAddress.delete(address)
  }

  /** No Origin is a native client; a browser always sends one and pages cannot forge it. */
  function refusalFor(origin: string, address: string): string | null {
    if (draining) return '503 Service Unavailable'
    if (origin !== '' && !allowedOrigins.includes(origin)) return '403 Forbidden'
    return (perAddress.get(address) ?? 0) >= socketsPerAddress ? '429 Too Many Requests' : null
  }

  function guard(connection: Connection, where: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      connection.close(4500, `fault=${log.fault(where, error)}`)
    }
  }

  function serve(endpoint: Endpoint): void {
    const { path, maxFrameBytes, maxBufferedBytes } = endpoint
    app.ws<Held>(path, {
      compression: NO_COMPRESSION,
      maxPayloadLength: maxFrameBytes,
      maxBackpressure: maxBufferedBytes,
      closeOnBackpressureLimit: true,
      idleTimeout: idleSeconds,
      sendPingsAutomatically: true,
      upgrade(res, req, context) {
        const address = addressOf(res, req, trustedHops)
        const status = refusalFor(req.getHeader('origin'), address)
        if (status !== null) {
          res.cork(() => res.writeStatus(status).end(undefined, true))
          return
        }
        res.upgrade<Held>(
          { connection: new Connection((opened += 1), address) },
          req.getHeader('sec-websocket-key'),
          '', // no subprotocol and no extension is ever agreed to
          '',
          context,
        )
      },
      open(ws) {
        const { connection } = ws.getUserData()
        connection.ws = ws
        open.add(connection)
        count(connection.address, 1)
        ws.subscribe(LIFE)
        guard(connection, `${path} open`, () => {
          const session = endpoint.open(connection)
          connection.session = session
          if (!connection.ws) session.closed() // it closed its own peer before it existed here
        })
      },
      message(ws, message, isBinary) {
        const { connection } = ws.getUserData()
        const { session } = connection
        if (!session || !connection.ws) return
        guard(connection, `${path} frame`, () =>
          isBinary
            ? session.binary(new Uint8Array(message.slice(0)))
            : session.text(Buffer.from(message).toString()),
        )
      },
      // A dropped frame is never made up for: the library cuts the socket in its next turn. A publish drops
      // without a word to its caller, so this is where it is known.
      dropped(ws) {
        ws.getUserData().connection.slow = true
      },
      close(ws) {
        const { connection } = ws.getUserData()
        connection.ws = null
        open.remove(connection)
        count(connection.address, -1)
        try {
          connection.session?.closed(connection.slow ? 'slow' : undefined)
        } catch (error) {
          log.fault(`${path} closed`, error)
        }
      },
    })
  }

  return {
    serve,
    /** Refuses upgrades from now on and tells everyone here when to come back. Resolves to how many there were. */
    drain(spreadMs: number): number {
      draining = true
      const leaving = open.all()
      for (const connection of leaving)
        connection.close(4503, `retry_in_ms=${Math.ceil(random.fraction() * spreadMs)}`)
      return leaving.length
    },
  }
}

/** Cut at a character, not inside one. */
function clip(reason: string): string {
  let clipped = reason
  while (Buffer.byteLength(clipped) > REASON_BYTES) clipped = clipped.slice(0, -1)
  return clipped
}

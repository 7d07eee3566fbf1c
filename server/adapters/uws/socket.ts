// WebSocket endpoints. Upgrades are judged before they happen; frames are copied out of memory the library
// takes back; a session that throws is caught here and costs its own socket alone.
import type { TemplatedApp, WebSocket } from 'uWebSockets.js'
import type { Endpoint, Log, Peer, Random, SocketSession } from '../../app/ports.ts'
import { addressOf } from './address.ts'
import { NO_COMPRESSION } from './vendor.ts'

type SocketDeps = {
  app: TemplatedApp
  allowedOrigins: readonly string[]
  socketsPerAddress: number
  trustedHops: number
  random: Random
  log: Log
  idleSeconds?: number
}

type Connection = { id: string; address: string; live: boolean; slow: boolean; session?: SocketSession }
type Socket = WebSocket<Connection>

/** Of this the library takes 16 s for the answer to its ping: it pings a peer after 24 s without a frame (its
 * timer ticks every 4 s) and cuts it at 40 s, so that a half-open line is noticed well within a minute. Only
 * frames from the peer count: what is sent to a dead line must not keep it alive. */
const IDLE_SECONDS = 40
/** RFC 6455: a close frame carries at most 125 bytes, two of them the code. */
const REASON_BYTES = 123

export function createSockets(deps: SocketDeps) {
  const {
    app,
    allowedOrigins,
    socketsPerAddress,
    trustedHops,
    random,
    log,
    idleSeconds = IDLE_SECONDS,
  } = deps
  const open = new Set<Socket>()
  const perAddress = new Map<string, number>()
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

  function guard(ws: Socket, where: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      end(ws, 4500, `fault=${log.fault(where, error)}`)
    }
  }

  function serve(endpoint: Endpoint): void {
    const { path, maxFrameBytes, maxBufferedBytes } = endpoint
    app.ws<Connection>(path, {
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
        res.upgrade<Connection>(
          { id: random.uuid(), address, live: true, slow: false },
          req.getHeader('sec-websocket-key'),
          '', // no subprotocol and no extension is ever agreed to
          '',
          context,
        )
      },
      open(ws) {
        const connection = ws.getUserData()
        open.add(ws)
        count(connection.address, 1)
        // Leaving its last topic in the tick of a publish can lose frames already queued: one topic is for life.
        ws.subscribe(`peer:${connection.id}`)
        guard(ws, `${path} open`, () => {
          const session = endpoint.open(peerOf(ws, connection))
          connection.session = session
          if (!connection.live) session.closed() // it closed its own peer before it existed here
        })
      },
      message(ws, message, isBinary) {
        const { session, live } = ws.getUserData()
        if (!session || !live) return
        guard(ws, `${path} frame`, () =>
          isBinary
            ? session.binary(new Uint8Array(message.slice(0)))
            : session.text(Buffer.from(message).toString()),
        )
      },
      // A dropped frame is never made up for: the library cuts the socket in its next turn. A publish drops
      // without a word to its caller, so this is where it is known.
      dropped(ws) {
        ws.getUserData().slow = true
      },
      close(ws) {
        const connection = ws.getUserData()
        connection.live = false
        open.delete(ws)
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
      const leaving = [...open]
      for (const ws of leaving) end(ws, 4503, `retry_in_ms=${Math.ceil(random.fraction() * spreadMs)}`)
      return leaving.length
    },
  }
}

function end(ws: Socket, code: number, reason: string): void {
  if (!ws.getUserData().live) return
  ws.end(code, reason)
}

function peerOf(ws: Socket, connection: Connection): Peer {
  const { id, address } = connection
  return {
    id,
    address,
    send: (frame, as) => connection.live && ws.send(frame, typeof frame !== 'string' && as !== 'text') !== 2,
    cork(run) {
      if (connection.live) ws.cork(run)
      else run()
    },
    buffered: () => (connection.live ? ws.getBufferedAmount() : 0),
    subscribe(topic) {
      if (connection.live) ws.subscribe(topic)
    },
    unsubscribe(topic) {
      if (connection.live) ws.unsubscribe(topic)
    },
    close(code, reason = '') {
      if (connection.live) ws.end(code, clip(reason))
    },
  }
}

/** Cut at a character, not inside one. */
function clip(reason: string): string {
  let clipped = reason
  while (Buffer.byteLength(clipped) > REASON_BYTES) clipped = clipped.slice(0, -1)
  return clipped
}

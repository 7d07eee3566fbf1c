// Where encoders call: one port for RTMP and, with a certificate, for RTMPS too; the first byte tells them apart.
// A port that somebody else has is no reason not to start: it is tried again until it is free.
import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer } from 'node:tls'
import type { ByteLine, ByteSession } from '../../app/video-ports.ts'
import { attach } from './line.ts'

export type RtmpListener = {
  /** Why nobody can call, in words; null while it listens. */
  trouble(): string | null
  /** Takes no more calls, and cuts those there are. */
  close(): Promise<void>
}
export type ListenOptions = {
  host: string
  port: number
  /** PEM. */
  tls: { cert: Buffer; key: Buffer } | null
  /** Whose connection this is, for counting. */
  networkOf(address: string): string
  connectionsPerAddress: number
  open(line: ByteLine): ByteSession
  clock: { after(ms: number, fn: () => void): () => void }
  log: { warn(event: string, fields: Record<string, unknown>): void; info(event: string): void }
}

const RETRY_MS = 3_000
/** To say the first byte, and to finish a TLS handshake. */
const HELLO_MS = 5_000
const TLS_HANDSHAKE = 0x16

/** Resolves when it listens or cannot. Rejects when the certificate is none. */
export async function listenRtmp(options: ListenOptions): Promise<RtmpListener> {
  const { host, port, clock, log } = options
  const sockets = new Set<Socket>()
  const counts = new Map<string, number>()
  let trouble: string | null = null
  let closed = false
  let cancelRetry = (): void => undefined

  const serve = (socket: Socket, network: string) => attach(socket, network, options.open)
  const secured = options.tls && secure(options.tls, (socket) => serve(socket, addressOf(socket)))
  const addressOf = (socket: Socket) => options.networkOf(socket.remoteAddress ?? '')

  function called(socket: Socket): void {
    const network = addressOf(socket)
    const count = (counts.get(network) ?? 0) + 1
    if (count > options.connectionsPerAddress) {
      socket.destroy()
      return
    }
    counts.set(network, count)
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      const left = (counts.get(network) ?? 1) - 1
      if (left > 0) counts.set(network, left)
      else counts.delete(network)
    })
    if (secured) tellApart(socket, network, secured)
    else serve(socket, network)
  }

  function tellApart(socket: Socket, network: string, tls: Server): void {
    const cancel = clock.after(HELLO_MS, () => socket.destroy())
    socket.once('close', cancel)
    socket.once('data', (first: Buffer) => {
      cancel()
      socket.pause()
      socket.unshift(first)
      if (first[0] === TLS_HANDSHAKE) tls.emit('connection', socket)
      else {
        serve(socket, network)
        socket.resume()
      }
    })
  }

  const server = createServer(called)
  let tried = (): void => undefined
  server.on('listening', () => {
    if (trouble !== null) log.info('rtmp.on')
    trouble = null
    tried()
  })
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (server.listening) {
      log.warn('rtmp.accept', { code: error.code })
      return
    }
    const taken = error.code === 'EADDRINUSE'
    const why = taken
      ? `port ${port} is taken`
      : `port ${port} cannot be used (${error.code ?? error.message})`
    if (trouble === null) log.warn('rtmp.off', { says: why })
    trouble = why
    if (!closed) cancelRetry = clock.after(RETRY_MS, () => server.listen({ host, port }))
    tried()
  })

  await new Promise<void>((done) => {
    tried = done
    server.listen({ host, port })
  })
  return {
    trouble: () => trouble,
    async close() {
      closed = true
      cancelRetry()
      const gone = new Promise<void>((done) => server.close(() => done()))
      for (const socket of sockets) socket.destroy()
      await gone
    },
  }
}

/** Never listens itself: it is handed the connections that begin like TLS. */
function secure(pem: { cert: Buffer; key: Buffer }, serve: (socket: Socket) => void): Server {
  createSecureContext(pem) // throws for what is no certificate, before anybody calls
  const server = createTlsServer({ ...pem, handshakeTimeout: HELLO_MS }, serve)
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

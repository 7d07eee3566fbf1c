// Pipes between nodes over TCP, and the port where a node takes them.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Dial, Pipe, PipeHears } from '../../app/relay-ports.ts'

const DIAL_MS = 2_000
const DRAIN_MS = 2_000
/** Several per stream and node would already be many. */
const MOST_PIPES = 4_096
/** A port that is taken is followed by others: processes of one machine share the setting, and a rolling restart runs
 * one more for a moment. */
const PORTS = 128

function pipeOn(socket: Socket, hears: PipeHears): Pipe {
  socket.setNoDelay(true)
  socket.on('data', (bytes) => hears.bytes(bytes))
  socket.on('error', () => socket.destroy())
  socket.on('close', () => hears.closed())
  // An end that is half closed is of no use to anybody.
  socket.on('end', () => socket.destroy())
  return {
    write(pieces) {
      if (socket.destroyed || socket.writableEnded) return
      socket.cork()
      for (const piece of pieces) socket.write(piece)
      socket.uncork()
    },
    buffered: () => socket.writableLength,
    close() {
      // Whoever does not take the rest in time does not get it.
      socket.setTimeout(DRAIN_MS, () => socket.destroy())
      if (socket.connecting) socket.destroy()
      else socket.destroySoon()
    },
  }
}

export const dialTcp: Dial = ({ host, port }, hears) => {
  const socket = connect({ host, port })
  socket.setTimeout(DIAL_MS, () => socket.destroy())
  socket.once('connect', () => socket.setTimeout(0))
  return pipeOn(socket, hears)
}

export type Listening = { port: number; close(): void }

/** Without a host on every address there is. Rejects when none of the ports can be had. `accept` is called once per pipe, before its first byte. */
export async function listenTcp(
  { host, port }: { host: string | undefined; port: number },
  accept: (pipe: Pipe) => PipeHears,
): Promise<Listening> {
  const last = port === 0 ? port : Math.min(port + PORTS - 1, 65_535)
  for (let candidate = port; ; candidate += 1) {
    try {
      return await listenAt(host, candidate, accept)
    } catch (error) {
      if (candidate >= last || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

async function listenAt(
  host: string | undefined,
  port: number,
  accept: (pipe: Pipe) => PipeHears,
): Promise<Listening> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const heard: { by?: PipeHears } = {}
    const pipe = pipeOn(socket, {
      bytes: (bytes) => heard.by?.bytes(bytes),
      closed: () => heard.by?.closed(),
    })
    heard.by = accept(pipe)
  })
  server.maxConnections = MOST_PIPES
  server.listen(host === undefined ? { port } : { host, port })
  await once(server, 'listening')
  // A connection that cannot be taken is lost for the one who came, not for this process.
  server.on('error', () => undefined)
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

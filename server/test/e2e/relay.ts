// A line between one browser and the server that can be cut or made narrow: what a bad network is to a page.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createThrottle } from './throttle.ts'

export type Relay = {
  url: string
  /** The port on this side of the chat socket, which the server sees as its peer; undefined while there is none. */
  chatPort(): number | undefined
  /** Every connection breaks and none can be made, until `mend`. */
  cut(): void
  mend(): void
  /** So many bytes a second reach the browser, on all its connections together; null: as many as there are. What does
   * not get through waits at the server. */
  limit(bytesPerSecond: number | null): void
  close(): Promise<void>
}

export async function startRelay(targetPort: () => number): Promise<Relay> {
  const open = new Set<Socket>()
  let chat: Socket | undefined
  const throttle = createThrottle()
  let whole = true
  const server = createServer((near) => {
    if (!whole) {
      near.destroy()
      return
    }
    const far = connect(targetPort(), '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    // Later requests of a connection that is kept open are not looked at: a browser upgrades a fresh one.
    near.once('data', (head: Buffer) => {
      if (head.toString('latin1', 0, 10) === 'GET /chat ') chat = far
    })
    near.pipe(far)
    throttle.join(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const breakAll = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://localhost:${port}`,
    chatPort: () => (chat && open.has(chat) ? chat.localPort : undefined),
    cut() {
      whole = false
      breakAll()
    },
    mend: () => (whole = true),
    limit: throttle.limit,
    async close() {
      throttle.stop()
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}

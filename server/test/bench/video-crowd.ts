// Viewers by push who look at nothing: they take what the server sends and count it, so that its CPU for many of
// them can be told from that of a player.
import { WebSocket } from 'ws'
import type { Pass } from '../../../shared/api/streams.ts'
import { createPerson } from '../client.ts'

export type Crowd = {
  /** All of them together, so far. */
  bytes(): number
  leave(): Promise<void>
}

/** Resolves when everybody has got the first picture. */
export async function gatherCrowd(url: string, slug: string, count: number): Promise<Crowd> {
  let bytes = 0
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const { pass } = await createPerson(url).call<Pass>('POST', `/api/streams/${slug}/pass`, {})
      const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/push`)
      const shown = new Promise<void>((done, failed) => {
        socket.once('error', failed)
        socket.once('close', (code) => failed(new Error(`closed with ${code}`)))
        socket.on('message', (data: Buffer, binary) => {
          bytes += data.byteLength
          if (binary) done()
        })
      })
      socket.once('open', () => socket.send(JSON.stringify({ t: 'watch', pass })))
      await shown
      return socket
    }),
  )
  return {
    bytes: () => bytes,
    async leave() {
      const closed = sockets.map((socket) => new Promise((done) => socket.once('close', done)))
      for (const socket of sockets) socket.close()
      await Promise.all(closed)
    },
  }
}

// A Node socket as a line of bytes.
import type { Socket } from 'node:net'
import type { ByteLine, ByteSession } from '../../app/video-ports.ts'

/** What was written may still leave; then the connection is cut, whatever the other side does. */
const CLOSE_MS = 2_000
/** The network says that nobody is there any more, in minutes rather than hours. */
const KEEP_ALIVE_MS = 30_000

/** The session is asked for at once, and told of the end once. */
export function attach(socket: Socket, address: string, open: (line: ByteLine) => ByteSession): void {
  let closing = false
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  const session = open({
    address,
    write(bytes) {
      if (!closing) socket.write(bytes)
    },
    buffered: () => socket.writableLength,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close() {
      if (closing) return
      closing = true
      socket.end()
      // Read on, and thrown away: unread bytes would turn our goodbye into a reset.
      socket.resume()
      setTimeout(() => socket.destroy(), CLOSE_MS).unref()
    },
  })
  socket.on('data', (bytes: Buffer) => {
    if (!closing) session.bytes(bytes)
  })
  // What goes wrong with a connection is its end; `close` follows.
  socket.on('error', () => undefined)
  socket.once('close', () => {
    closing = true
    session.closed()
  })
}

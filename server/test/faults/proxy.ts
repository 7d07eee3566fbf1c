// A TCP line between two parties that can be cut, muted in either direction, slowed, and mended: what a network
// does to a process. A muted line looks healthy to both ends.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net'

export type Direction = 'up' | 'down'
export type Proxy = {
  port: number
  /** Every connection breaks and none can be made, until `mend`. */
  cut(): void
  /** Nothing passes in these directions (`up`: to the target), on all lines or on the share of them that `which`
   * picks by number; bytes are kept until `mend`. */
  mute(directions: readonly Direction[], which?: (line: number) => boolean): void
  /** Every chunk to the target waits this long. */
  slow(delayMs: () => number): void
  /** All faults off; what was kept is delivered in order. */
  mend(): void
  close(): Promise<void>
}

type Pipe = { direction: Direction; line: number; to: Socket; kept: Buffer[]; busy: boolean }

export async function startProxy(target: () => NetConnectOpts): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const pipes = new Set<Pipe>()
  let whole = true
  let lines = 0
  let isMuted: (pipe: Pipe) => boolean = () => false
  let delay: (() => number) | null = null

  /** Sends what is kept, one chunk after the other, each after its delay. */
  function move(pipe: Pipe): void {
    if (pipe.busy || isMuted(pipe)) return
    const chunk = pipe.kept.shift()
    if (!chunk) return
    const wait = delay && pipe.direction === 'up' ? delay() : 0
    if (wait <= 0) {
      pipe.to.write(chunk)
      move(pipe)
      return
    }
    pipe.busy = true
    setTimeout(() => {
      pipe.busy = false
      if (isMuted(pipe)) pipe.kept.unshift(chunk)
      else pipe.to.write(chunk)
      move(pipe)
    }, wait)
  }

  function join(from: Socket, to: Socket, direction: Direction, line: number): void {
    const pipe: Pipe = { direction, line, to, kept: [], busy: false }
    pipes.add(pipe)
    sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (chunk) => {
      pipe.kept.push(chunk)
      move(pipe)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      sockets.delete(from)
      pipes.delete(pipe)
      // A muted line hides the end of its other side too.
      if (!isMuted(pipe)) to.destroy()
    })
  }

  const server = createServer((near) => {
    if (!whole) {
      near.destroy()
      return
    }
    const far = connect(target())
    const line = lines++
    join(near, far, 'up', line)
    join(far, near, 'down', line)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false
      breakAll()
    },
    mute(directions, which = () => true) {
      isMuted = ({ direction, line }) => directions.includes(direction) && which(line)
    },
    slow(delayMs) {
      delay = delayMs
    },
    mend() {
      whole = true
      delay = null
      isMuted = () => false
      for (const pipe of pipes) move(pipe)
    },
    async close() {
      isMuted = () => false
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}

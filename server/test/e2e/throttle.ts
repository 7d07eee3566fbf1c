// Bytes of several connections through one narrow line, in turn.
import type { Socket } from 'node:net'

export type Throttle = {
  join(from: Socket, to: Socket): void
  /** Null: wide open. */
  limit(bytesPerSecond: number | null): void
  stop(): void
}
type Pipe = { from: Socket; to: Socket; kept: Buffer[]; bytes: number }

const TICK_MS = 20
/** More than this of one connection is left where it comes from. */
const MOST_KEPT = 16_384

export function createThrottle(): Throttle {
  const pipes = new Set<Pipe>()
  let rate: number | null = null
  let allowance = 0
  let last = performance.now()

  function pass(pipe: Pipe, most: number): number {
    const first = pipe.kept.shift()
    if (!first) return 0
    const part = first.subarray(0, most)
    if (part.length < first.length) pipe.kept.unshift(first.subarray(most))
    pipe.bytes -= part.length
    pipe.to.write(part)
    if (pipe.bytes < MOST_KEPT) pipe.from.resume()
    return part.length
  }

  /** A packet of each in turn, for as long as there are both packets and time. */
  function move(): void {
    for (let moved = true; moved;) {
      moved = false
      for (const pipe of pipes) {
        if (rate !== null && allowance < 1) return
        const size = pass(pipe, rate === null ? Infinity : Math.min(1_400, Math.floor(allowance)))
        allowance -= size
        moved ||= size > 0
      }
    }
  }

  const timer = setInterval(() => {
    const now = performance.now()
    // What was not used is not saved up.
    if (rate !== null) allowance = Math.min(rate / 10, allowance + ((now - last) * rate) / 1000)
    last = now
    move()
  }, TICK_MS)

  return {
    join(from, to) {
      const pipe: Pipe = { from, to, kept: [], bytes: 0 }
      pipes.add(pipe)
      from.on('data', (chunk: Buffer) => {
        pipe.kept.push(chunk)
        pipe.bytes += chunk.length
        if (rate === null) move()
        else if (pipe.bytes >= MOST_KEPT) from.pause()
      })
      from.on('end', () => {
        while (pass(pipe, Infinity) > 0);
        to.end()
      })
      from.on('close', () => pipes.delete(pipe))
      to.on('close', () => pipes.delete(pipe))
    },
    limit(bytesPerSecond) {
      rate = bytesPerSecond
      allowance = 0
      move()
    },
    stop: () => clearInterval(timer),
  }
}

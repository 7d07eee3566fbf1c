// A response that is made while it is sent: chunk by chunk, at the pace of its reader. What cannot be finished is
// cut off, so that nobody takes a part for the whole.
import type { Exchange } from './response.ts'

/** `size`: how many bytes it will be, where that is known; a body of another size counts as failed. Rejects when
 * making it failed. Before the first byte the caller can still refuse; afterwards the connection is closed, which makes
 * the exchange over. */
export async function flow(
  exchange: Exchange,
  body: ReadableStream<Uint8Array>,
  head: () => void,
  size: number | null,
): Promise<void> {
  const { res } = exchange
  const reader = body.getReader()
  const write = size === null ? inChunks(exchange) : inOne(exchange, size)
  const state = { begun: false }
  const begin = () => {
    if (!state.begun) head()
    state.begun = true
  }
  try {
    for (;;) {
      const { value } = await reader.read()
      if (!isOver(exchange) && (await write(value, begin))) exchange.finish()
      if (!isOver(exchange)) continue
      // Nothing is to be let go of a body that came to its end by itself.
      if (value) await reader.cancel()
      return
    }
  } catch (error) {
    if (state.begun && !exchange.over) res.close()
    throw error
  }
}

/** Takes a piece of the body, or its end. Resolves when there is room for the next or nobody to write to; true: that was
 * all. */
type Write = (piece: Uint8Array | undefined, begin: () => void) => Promise<boolean>

/** It changes while one waits. */
const isOver = ({ over }: Exchange) => over

function inChunks(exchange: Exchange): Write {
  const { res } = exchange
  const whenRoom = roomOf(exchange)
  return (piece, begin) =>
    written(exchange, (resolve) => {
      begin()
      if (!piece) res.end()
      if (!piece || res.write(piece)) resolve(!piece)
      else
        whenRoom(() => {
          resolve(false)
          return true
        })
    })
}

/** Says before the first byte how many there will be. */
function inOne(exchange: Exchange, size: number): Write {
  const { res } = exchange
  const whenRoom = roomOf(exchange)
  let left = size
  return (piece, begin) =>
    written(exchange, (resolve) => {
      if (piece ? piece.byteLength > left : left > 0) throw new Error('a body of another size than was said')
      begin()
      left -= piece?.byteLength ?? 0
      const start = res.getWriteOffset()
      const [taken, done] = res.tryEnd(piece ?? '', size)
      if (taken || done) resolve(done)
      else
        whenRoom((offset) => {
          // Offsets are counted in 32 bits.
          const [more, ended] = res.tryEnd(piece?.subarray((offset - start) >>> 0) ?? '', size)
          if (more || ended) resolve(ended)
          return more
        })
    })
}

/** The library asks one function for as long as the response lasts: one that is set while the last is being asked (and
 * promises go on right there) is forgotten. */
function roomOf({ res }: Exchange): (next: (offset: number) => boolean) => void {
  let waiting: ((offset: number) => boolean) | undefined
  let asked = false
  return (next) => {
    waiting = next
    if (asked) return
    asked = true
    res.onWritable((offset) => {
      const goOn = waiting
      waiting = undefined
      const more = goOn?.(offset) ?? true
      if (!more) waiting = goOn
      return more
    })
  }
}

function written(exchange: Exchange, write: (resolve: (done: boolean) => void) => void): Promise<boolean> {
  return new Promise((resolve, reject) => {
    exchange.ended = () => resolve(false)
    exchange.res.cork(() => {
      try {
        write(resolve)
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
  })
}

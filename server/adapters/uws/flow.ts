// A response that is made while it is sent: chunk by chunk, at the pace of its reader. What cannot be finished is
// cut off, so that nobody takes a part for the whole.
import type { Exchange } from './response.ts'

/** Rejects when making it failed. Before the first byte the caller can still refuse; afterwards the connection is
 * closed, which makes the exchange over. */
export async function flow(
  exchange: Exchange,
  body: ReadableStream<Uint8Array>,
  head: () => void,
): Promise<void> {
  const { res } = exchange
  const reader = body.getReader()
  const state = { begun: false, room: true }
  const write = (chunk: Uint8Array | undefined) =>
    res.cork(() => {
      if (!state.begun) head()
      state.begun = true
      if (chunk) state.room = res.write(chunk)
      else res.end()
    })
  try {
    for (;;) {
      const { value } = await reader.read()
      if (exchange.over) {
        await reader.cancel()
        return
      }
      write(value)
      if (!value) {
        exchange.finish()
        return
      }
      if (!state.room) await roomIn(exchange)
    }
  } catch (error) {
    if (state.begun && !exchange.over) res.close()
    throw error
  }
}

/** Resolves when there is room again, or nobody to write to. */
function roomIn(exchange: Exchange): Promise<void> {
  return new Promise((resolve) => {
    exchange.ended = resolve
    exchange.res.onWritable(() => {
      resolve()
      return true
    })
  })
}

// Writes a Fetch Response to a connection: corked, once, and at the pace of its reader.
import { STATUS_CODES } from 'node:http'
import type { HttpResponse } from 'uWebSockets.js'
import { flow } from './flow.ts'

/** One request on one connection. Once `over`, `res` may not be touched: the library throws. */
export type Exchange = {
  res: HttpResponse
  over: boolean
  finish: () => void
  /** Called when it is over, for who waits to write. */
  ended?: () => void
}

export type Outgoing = { status: number; headers: Iterable<[string, string]>; body: Uint8Array | string }

/** The library counts and frames bodies itself. */
const OWN_HEADERS = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive'])
const BODILESS = new Set([204, 304])

export async function writeResponse(exchange: Exchange, response: Response, isHead: boolean): Promise<void> {
  const { headers } = response
  const length = headers.get('content-length')
  // Made while it is sent; with a length beside it, it will be so long.
  if (!isHead && response.body && headers.get('transfer-encoding') === 'chunked') {
    const size = length === null ? null : Number(length)
    return flow(exchange, response.body, () => writeHead(exchange.res, headOf(response)), size)
  }
  const body = new Uint8Array(await response.arrayBuffer())
  if (exchange.over) return
  if (!isHead && !BODILESS.has(response.status)) {
    writeNow(exchange, { ...headOf(response), body })
    return
  }
  const { res } = exchange
  res.cork(() => {
    writeHead(res, headOf(response))
    if (length === null) res.endWithoutBody()
    else res.endWithoutBody(Number(length))
  })
  exchange.finish()
}

/** `close`: the rest of what the client is sending is not read. */
export function writeNow(exchange: Exchange, out: Outgoing, close = false): void {
  const { res } = exchange
  res.cork(() => {
    writeHead(res, out)
    if (close) {
      res.end(out.body, true)
      exchange.finish()
      return
    }
    const body = typeof out.body === 'string' ? Buffer.from(out.body) : out.body
    const start = res.getWriteOffset()
    const [taken, done] = res.tryEnd(body, body.byteLength)
    if (taken || done) {
      exchange.finish()
      return
    }
    // The library took what fitted and calls when there is room; `offset` counts the body bytes it took.
    res.onWritable((offset) => {
      const [more, ended] = res.tryEnd(body.subarray(offset - start), body.byteLength)
      if (ended) exchange.finish()
      return more
    })
  })
}

const headOf = (response: Response) => ({ status: response.status, headers: response.headers })

function writeHead(res: HttpResponse, head: { status: number; headers: Iterable<[string, string]> }): void {
  res.writeStatus(`${head.status} ${STATUS_CODES[head.status] ?? 'Unknown'}`)
  for (const [name, value] of head.headers) if (!OWN_HEADERS.has(name)) res.writeHeader(name, value)
}

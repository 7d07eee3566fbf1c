// Fetch on uWebSockets.js: with response.ts the only place that touches HttpResponse. `req` is dead once the
// handler returns and `res` after an abort, so everything is copied first and `over` is asked before writing.
import { setImmediate } from 'node:timers/promises'
import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import { ERRORS, type ErrorCode } from '../../../shared/protocol/index.ts'
import type { Log } from '../../app/ports.ts'
import type { Fetch } from '../../app/web-ports.ts'
import { addressOf } from './address.ts'
import { writeNow, writeResponse, type Exchange, type Outgoing } from './response.ts'

type HttpDeps = {
  fetch: Fetch
  log: Log
  /** Requests get absolute addresses under this origin, whatever their Host header says. */
  origin: string
  maxBodyBytes: number
  trustedHops: number
}

export function refusal(code: ErrorCode, fault?: string): Outgoing {
  const { http, says } = ERRORS[code]
  const body = JSON.stringify({ code, says, ...(fault === undefined ? {} : { fault }) })
  return { status: http, headers: [['content-type', 'application/json']], body }
}

/** The library reads the first of two lengths and any coding as chunks. A proxy in front may read otherwise, and
 * what two readers differ on is where a request hides inside another. */
function framedOneWay(headers: readonly [name: string, value: string][]): boolean {
  const valuesOf = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value)
  const lengths = valuesOf('content-length')
  const codings = valuesOf('transfer-encoding')
  return lengths.length + codings.length <= 1 && codings.every((coding) => coding === 'chunked')
}

export function createHttpBridge({ fetch, log, origin, maxBodyBytes, trustedHops }: HttpDeps) {
  let pending = 0
  let whenIdle: (() => void) | undefined

  function begin(res: HttpResponse, abort: AbortController): Exchange {
    pending += 1
    const exchange: Exchange = {
      res,
      over: false,
      finish() {
        if (exchange.over) return
        exchange.over = true
        exchange.ended?.()
        pending -= 1
        if (pending === 0) whenIdle?.()
      },
    }
    res.onAborted(() => {
      exchange.finish()
      abort.abort()
    })
    return exchange
  }

  async function answer(exchange: Exchange, makeRequest: () => Request, address: string): Promise<void> {
    let request: Request
    try {
      request = makeRequest()
    } catch {
      writeNow(exchange, refusal('bad_request')) // a URL or a method that Fetch does not know
      return
    }
    try {
      await writeResponse(exchange, await fetch(request, { address }), request.method === 'HEAD')
    } catch (error) {
      const fault = log.fault('http bridge', error)
      if (!exchange.over) writeNow(exchange, refusal('internal', fault), true)
    }
  }

  function handle(res: HttpResponse, req: HttpRequest): void {
    const method = req.getMethod().toUpperCase()
    const query = req.getQuery()
    const path = req.getUrl()
    const url = origin + path + (query ? `?${query}` : '')
    const headers: [string, string][] = []
    req.forEach((name, value) => headers.push([name, value]))
    const address = addressOf(res, req, trustedHops)
    const declaredBytes = Number(req.getHeader('content-length') || 0)

    const abort = new AbortController()
    const exchange = begin(res, abort)
    const respond = (body: Uint8Array<ArrayBuffer> | null) => {
      const makeRequest = () => new Request(url, { method, headers, body, signal: abort.signal })
      // Only a failure to write the refusal itself gets here; the connection is of no more use.
      answer(exchange, makeRequest, address).catch(() => exchange.over || res.close())
    }
    if (!framedOneWay(headers) || !path.startsWith('/')) {
      writeNow(exchange, refusal('bad_request'), true)
      return
    }
    if (method === 'GET' || method === 'HEAD') {
      respond(null)
      return
    }

    const chunks: Uint8Array[] = []
    let size = 0
    res.onData((chunk, isLast) => {
      if (exchange.over) return
      size += chunk.byteLength
      if (size > maxBodyBytes) {
        writeNow(exchange, refusal('too_large'), true)
        return
      }
      chunks.push(new Uint8Array(chunk.slice(0)))
      if (isLast) respond(size === 0 ? null : new Uint8Array(Buffer.concat(chunks)))
    })
    if (declaredBytes > maxBodyBytes) writeNow(exchange, refusal('too_large'), true)
  }

  return {
    handle,
    /** Resolves once no request is being answered and the last answer has left for the kernel. */
    async idle(): Promise<void> {
      if (pending > 0) await new Promise<void>((resolve) => (whenIdle = resolve))
      await setImmediate()
    },
  }
}

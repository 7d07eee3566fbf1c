// The transport: one listening port for HTTP and WebSocket.
import { App, us_listen_socket_close } from 'uWebSockets.js'
import type { Clock, Endpoint, Log, Random, Topics } from '../../app/ports.ts'
import type { Fetch } from '../../app/web-ports.ts'
import { createHttpBridge } from './http.ts'
import { createSockets } from './socket.ts'
import { listenOn, type ListenSocket } from './vendor.ts'

export type UwsDeps = {
  fetch: Fetch
  endpoints: readonly Endpoint[]
  /** Where pages may come from that open sockets here, as browsers spell it: scheme://host[:port]. */
  allowedOrigins: readonly string[]
  publicUrl: string
  limits: { socketsPerAddress: number; maxBodyBytes: number }
  /** How many proxies of ours append to X-Forwarded-For. */
  trustedHops: number
  /** Lets other processes that say so too listen on the same port. */
  sharePort: boolean
  /** A peer that answers no ping is cut after so long; a multiple of 4, at least 8. */
  idleSeconds?: number
  clock: Clock
  random: Random
  log: Log
}

/** Reconnects after a restart are spread over this long. */
const SPREAD_MS = 10_000
/** Time for the last close frames to leave before connections are cut. */
const FLUSH_MS = 250

export type Uws = ReturnType<typeof createUws>

export function createUws(deps: UwsDeps) {
  const { fetch, limits, trustedHops, clock, log } = deps
  const app = App()
  const origin = deps.publicUrl
  const http = createHttpBridge({ fetch, log, origin, maxBodyBytes: limits.maxBodyBytes, trustedHops })
  const { socketsPerAddress } = limits
  const sockets = createSockets({ ...deps, app, socketsPerAddress })
  for (const endpoint of deps.endpoints) sockets.serve(endpoint)
  app.any('/*', http.handle)

  let listening: ListenSocket | undefined
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve))

  const topics: Topics = {
    publish(topic, frame) {
      app.publish(topic, frame, typeof frame !== 'string')
    },
  }

  return {
    topics,

    /** Rejects when the port is taken. Port 0 takes a free one; resolves to the port. */
    async listen(host: string, port: number): Promise<number> {
      const listened = await listenOn(app, host, port, deps.sharePort)
      if (!listened)
        throw new Error(
          `cannot listen on ${host}:${port}: the port is in use (PORT) or the address is not of this machine (HOST).`,
        )
      listening = listened.socket
      return listened.port
    },

    /** Connections go to whoever else listens on the port, or are refused; those there are stay. */
    stopListening(): void {
      if (listening) us_listen_socket_close(listening)
      listening = undefined
    },

    /** Stops listening, sends every socket away with a time to come back, lets requests finish, cuts the rest. */
    async close({ graceMs }: { graceMs: number }): Promise<void> {
      this.stopListening()
      const left = sockets.drain(SPREAD_MS)
      const flushed = left > 0 ? wait(Math.min(FLUSH_MS, graceMs)) : Promise.resolve()
      await Promise.race([Promise.all([http.idle(), flushed]), wait(graceMs)])
      app.close()
    },
  }
}

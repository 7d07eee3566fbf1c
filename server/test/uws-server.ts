// A listening transport for tests: its own port, a log that remembers, sessions the test looks into.
import type { Endpoint, Log, Peer } from '../app/ports.ts'
import type { Fetch } from '../app/web-ports.ts'
import { createUws, type UwsDeps } from '../adapters/uws/index.ts'
import { systemClock, systemRandom } from '../adapters/system/index.ts'

export const ORIGIN = 'https://stage.example'

export type Seen = { peer: Peer; texts: string[]; binaries: Uint8Array[]; closed: number }

/** An endpoint that keeps what it gets. `hear` may throw, answer or close. */
export function recordingEndpoint(
  hear: (seen: Seen, frame: string | Uint8Array) => void = () => undefined,
  more: Partial<Endpoint> = {},
) {
  const sessions: Seen[] = []
  const endpoint: Endpoint = {
    path: '/chat',
    maxFrameBytes: 1_024,
    maxBufferedBytes: 64 * 1_024,
    open(peer) {
      const seen: Seen = { peer, texts: [], binaries: [], closed: 0 }
      sessions.push(seen)
      return {
        text(frame) {
          seen.texts.push(frame)
          hear(seen, frame)
        },
        binary(bytes) {
          seen.binaries.push(bytes)
          hear(seen, bytes)
        },
        closed: () => (seen.closed += 1),
      }
    },
    ...more,
  }
  return { endpoint, sessions }
}

export function recordingLog() {
  const faults: { where: string; error: unknown }[] = []
  const log: Log = {
    info: () => undefined,
    warn: () => undefined,
    fault(where, error) {
      faults.push({ where, error })
      return `fault-${faults.length}`
    },
  }
  return { log, faults }
}

export async function startUws(fetch: Fetch, endpoints: Endpoint[] = [], more: Partial<UwsDeps> = {}) {
  const { log, faults } = recordingLog()
  const uws = createUws({
    fetch,
    endpoints,
    allowedOrigins: [ORIGIN],
    publicUrl: ORIGIN,
    limits: { socketsPerAddress: 50, maxBodyBytes: 1_000 },
    trustedHops: 0,
    sharePort: false,
    clock: systemClock,
    random: systemRandom,
    log,
    ...more,
  })
  const port = await uws.listen('127.0.0.1', 0)
  return {
    uws,
    port,
    faults,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => uws.close({ graceMs: 0 }),
  }
}

// Mux, wired: everything of it that a node runs, or nothing when it is not configured.
import type { Pool } from 'pg'
import { createMux, type MuxConfig } from './adapters/mux/index.ts'
import { createMuxNotes } from './adapters/pg/mux.ts'
import { createMuxCases } from './app/mux.ts'
import { createMuxHooks, createMuxVoice } from './app/mux-hooks.ts'
import { createMuxReconciler } from './app/mux-reconcile.ts'
import { createMuxRelay } from './app/mux-relay.ts'
import type { StreamId } from '../shared/ids.ts'
import type { Clock, Log, Random } from './app/ports.ts'
import type { Elsewhere } from './app/providers.ts'
import type { Pusher } from './app/video-ports.ts'
import type { HttpDeps } from './http/index.ts'
import { deny } from '../shared/protocol/index.ts'

/** Mux serves from many hosts below this one, and says that they change. */
export const MUX_ORIGIN = 'https://*.mux.com'

export type MuxOnNode = ReturnType<typeof openMux>

export function openMux(
  config: MuxConfig & { ingestUrl: string | null },
  deps: {
    pool: Pool
    mayWatch: HttpDeps['mayWatch']
    /** Null: browsers cannot publish to Mux from here, encoders can. */
    pusher: Pusher | null
    clock: Clock
    random: Random
    log: Log
  },
) {
  const api = createMux(config, deps.clock)
  const notes = createMuxNotes(deps.pool)
  const voice = createMuxVoice()
  const { tell } = voice
  const cases = createMuxCases({ ...deps, api, notes, signer: api, ...config })
  const { pusher } = deps
  const elsewhere: Elsewhere = {
    ...cases,
    onEvent: voice.onEvent,
    prepare: pusher ? cases.prepare : () => Promise.resolve(deny('not_allowed')),
  }
  return {
    cases,
    elsewhere,
    relay: (isMux: (stream: StreamId) => Promise<boolean>) =>
      pusher && createMuxRelay({ ...deps, pusher, isMux, target: cases.target }),
    hooks: createMuxHooks({ ...deps, notes, signature: api, tell }),
    reconciler: createMuxReconciler({
      ...deps,
      ...{ api, notes, tell, close: cases.close },
      reconnectMs: config.reconnectSeconds * 1_000,
    }),
  }
}

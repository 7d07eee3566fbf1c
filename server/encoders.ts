// What lets OBS and other encoders publish here: their keys, their sessions and the port they call. A port that
// cannot be had costs RTMP alone.
import { readFile } from 'node:fs/promises'
import type { KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import { createIngestMac } from './adapters/keys/ingest-mac.ts'
import { createIngestRevisions } from './adapters/pg/ingest.ts'
import { listenRtmp, type RtmpListener } from './adapters/rtmp/listen.ts'
import { networkOf } from './adapters/uws/address.ts'
import { createIngestCases, createIngestKeys, type IngestCases, type IngestDoor } from './app/ingest.ts'
import { createLimiter, perMinute } from './app/limiter.ts'
import type { Bus, Clock, Log, Random, Streams } from './app/ports.ts'
import type { Config } from './config.ts'
import type { LocalVideo } from './video/live.ts'
import type { Revoked } from './video/push.ts'
import { createRefusals } from './video/refusals.ts'
import { createRtmpIngest } from './video/rtmp/ingest.ts'

const APP = 'live'
const DEFAULT_PORT = 1_935
/** An encoder that lost its line calls every two seconds at most. */
const CALLS = perMinute(60, 60)
const RESETS = perMinute(12, 12)

export type Encoders = {
  ingest: IngestCases
  /** Resolves to what the person at the terminal needs to know. Rejects for a certificate that is none. */
  listen(): Promise<string[]>
  close(): Promise<void>
}

export function createEncoders(deps: {
  config: Pick<Config, 'host' | 'publicUrl' | 'isTrial' | 'sharePort' | 'rtmp' | 'limits'>
  key: KeyObject
  pool: Pool
  streams: Pick<Streams, 'bySlug'>
  video: Pick<LocalVideo, 'broadcastFor' | 'admit' | 'publishing'>
  revocations: Revoked
  bus: Pick<Bus, 'publish'>
  clock: Clock
  random: Random
  log: Log
}): Encoders {
  const { config, pool, video, clock } = deps
  const { port, tls } = config.rtmp
  const revisions = createIngestRevisions(pool)
  const mac = createIngestMac(deps.key)
  const refusals = createRefusals({ clock })
  const sessions = createRtmpIngest({
    ...{ ...deps, broadcastFor: video.broadcastFor, admit: video.admit, refusals },
    keys: createIngestKeys({ revisions, mac, limit: createLimiter({ clock, rate: CALLS }) }),
  })
  let listener: RtmpListener | undefined

  const door: IngestDoor = {
    servers(host) {
      if (port === 0) return []
      // Without a public address it is somebody's own network: as they reached the studio, an encoder reaches us.
      const name = config.isTrial && host !== null ? host : new URL(config.publicUrl).hostname
      const plain = `rtmp://${name}${port === DEFAULT_PORT ? '' : `:${port}`}/${APP}`
      const secured = tls === null ? [] : [{ url: `rtmps://${name}:${port}/${APP}`, secure: true }]
      return [...secured, { url: plain, secure: false }]
    },
    trouble() {
      if (port === 0) return 'Encoders are turned off on this server (RTMP_PORT).'
      const trouble = listener?.trouble() ?? null
      // Of several processes on one machine one has the port, and this need not be the one.
      return trouble === null || config.sharePort
        ? null
        : `Encoders cannot call this server: ${trouble} (RTMP_PORT).`
    },
  }

  return {
    ingest: createIngestCases({
      ...{ ...deps, revisions, mac, door, refusals, publishing: video.publishing },
      limit: createLimiter({ clock, rate: RESETS }),
    }),
    async listen() {
      if (port === 0) return []
      const pem = tls && (await readPem(tls))
      listener = await listenRtmp({
        ...{ ...deps, host: config.host, port, tls: pem },
        networkOf: (address) => networkOf(address) ?? 'unknown',
        connectionsPerAddress: config.limits.socketsPerAddress,
        open: sessions.open,
      }).catch((error: unknown) => {
        throw new Error(`RTMP_TLS_CERT and RTMP_TLS_KEY are no pair: ${reasonOf(error)}`, { cause: error })
      })
      const trouble = listener.trouble()
      if (trouble === null) return [`OBS and other encoders: ${door.servers(null)[0]?.url ?? ''}`]
      return config.sharePort ? [] : [`No encoders (RTMP): ${trouble}. Free it or set RTMP_PORT.`]
    },
    async close() {
      sessions.close()
      await listener?.close()
    },
  }
}

async function readPem(tls: { cert: string; key: string }): Promise<{ cert: Buffer; key: Buffer }> {
  const read = (name: string, path: string) =>
    readFile(path).catch((error: unknown) => {
      throw new Error(`${name} cannot be read: ${reasonOf(error)}`, { cause: error })
    })
  const [cert, key] = await Promise.all([read('RTMP_TLS_CERT', tls.cert), read('RTMP_TLS_KEY', tls.key)])
  return { cert, key }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

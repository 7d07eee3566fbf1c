// Sending shows on to other services: targets, their keys, and what sends.
import type { KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import { createSealer } from './adapters/keys/sealer.ts'
import { createSimulcastTargets } from './adapters/pg/simulcast.ts'
import { createDial } from './adapters/rtmp/dial.ts'
import { createLimiter, perMinute } from './app/limiter.ts'
import type { Bus, Clock, Log, Random, Streams } from './app/ports.ts'
import { createSimulcastCases, sealedFor } from './app/simulcast.ts'
import type { Config } from './config.ts'
import type { LocalVideo } from './video/live.ts'
import type { Revoked } from './video/push.ts'
import { createPusher } from './video/rtmp/publisher.ts'
import { createSimulcast as createSending } from './video/simulcast.ts'

const CHANGES = perMinute(12, 12)

export function createSimulcast(deps: {
  config: Pick<Config, 'simulcastPrivate'>
  key: KeyObject
  pool: Pool
  streams: Pick<Streams, 'bySlug'>
  video: Pick<LocalVideo, 'broadcastFor' | 'here'>
  revocations: Revoked
  bus: Pick<Bus, 'publish'>
  clock: Clock
  random: Random
  log: Log
}) {
  const { config, clock, video } = deps
  const targets = createSimulcastTargets(deps.pool)
  const sealer = createSealer(deps.key, 'simulcast')
  const sending = createSending({
    ...deps,
    video: video.here,
    broadcastFor: video.broadcastFor,
    pusher: createPusher({ ...deps, dial: createDial({ publicOnly: !config.simulcastPrivate }) }),
    async targetsOf(stream) {
      const sealed = await targets.of(stream)
      return sealed.map(({ id, url, sealed: key }) => ({
        id,
        url,
        key: sealer.open(key, sealedFor(stream, id)),
      }))
    },
  })
  return {
    cases: createSimulcastCases({
      ...{ ...deps, targets, sealer, sending },
      limit: createLimiter({ clock, rate: CHANGES }),
    }),
    close: sending.close,
  }
}

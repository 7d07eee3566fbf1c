// The bus between nodes on Redis pub/sub: one channel for what every node hears, one for each stream, joined by
// the nodes that follow it. An accelerator: what it loses, readers get from the database.
import { randomUUID } from 'node:crypto'
import type { StreamId } from '../../../shared/ids.ts'
import type { Bus, Clock, Log, Notice } from '../../app/ports.ts'
import { createFollows } from '../../domain/follows.ts'
import { createClusterWire } from './cluster.ts'
import { createLine } from './line.ts'
import { encode } from './parcel.ts'
import type { Hears, Wire } from './wire.ts'

export type RedisBus = Bus & {
  /** Resolves when this node hears the others for the first time. */
  subscribed: Promise<void>
  close(): void
}

type Common = { prefix?: string; log: Log; clock: Clock }
type Build = (deps: { node: string; log: Log; clock: Clock; hears: Hears }) => Wire

/** On one server. */
export const createRedisBus = ({ url, ...common }: Common & { url: string }): RedisBus =>
  createWiredBus(common, (deps) => createLine({ url, ...deps }))

/** On a cluster; the addresses are where to begin, any of its servers will do. */
export const createRedisClusterBus = ({ urls, ...common }: Common & { urls: readonly string[] }): RedisBus =>
  createWiredBus(common, (deps) => createClusterWire({ urls, ...deps }))

function createWiredBus({ prefix = 'stagedoor', log, clock }: Common, build: Build): RedisBus {
  const node = randomUUID()
  const everyone = `${prefix}:nodes`
  const ofStream = `${prefix}:stream:`
  const subscribers = new Set<(notice: Notice) => void>()
  const watchers = new Set<(streams: readonly StreamId[]) => void>()
  let first: () => void = () => undefined
  const subscribed = new Promise<void>((resolve) => (first = resolve))

  function deliver(notice: Notice) {
    if ('log' in notice && !follows.has(notice.log.stream)) return
    for (const hear of [...subscribers]) hear(notice)
  }

  const wire = build({
    node,
    log,
    clock,
    hears: {
      parcel(parcel) {
        if (parcel.node === node || !parcel.notice) return
        // A node of another version may say what nobody here understands, and that must end no node.
        try {
          deliver(parcel.notice)
        } catch (error) {
          log.fault('redis notice', error)
        }
      },
      restored(channels) {
        if (channels.includes(everyone)) first()
        const streams = channels.filter((channel) => channel.startsWith(ofStream))
        if (streams.length === 0) return
        for (const look of [...watchers]) look(streams.map((channel) => channel.slice(ofStream.length)))
      },
    },
  })
  const follows = createFollows<StreamId>({
    first: (stream) => wire.join(ofStream + stream),
    last: (stream) => wire.leave(ofStream + stream),
  })
  wire.join(everyone)

  return {
    subscribed,
    publish(notice) {
      const channel = 'log' in notice ? ofStream + notice.log.stream : everyone
      wire.publish(channel, encode({ node, notice }))
      // This node hears itself directly: a dead Redis must not delay its own readers.
      deliver(notice)
    },
    subscribe(fn) {
      subscribers.add(fn)
      return () => void subscribers.delete(fn)
    },
    follow: (stream) => follows.follow(stream),
    onRestored(fn) {
      watchers.add(fn)
      return () => void watchers.delete(fn)
    },
    close: () => wire.close(),
  }
}

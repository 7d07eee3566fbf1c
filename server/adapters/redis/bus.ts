// The bus between nodes on Redis pub/sub. An accelerator: what it loses, readers get from the database a second
// later, so nothing here waits, queues or retries for long. Private logs travel as pointers, never as text.
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Bus, Clock, Log, Notice } from '../../app/ports.ts'
import { createProbe } from './probe.ts'

/** A Redis that accepts and never answers must not fill our memory with what it has not taken. */
const MAX_IN_FLIGHT = 1_000
const RECONNECT_MAX_MS = 2_000

export type RedisBus = Bus & {
  /** Resolves when this node hears the others for the first time. */
  subscribed: Promise<void>
  close(): void
}

type Deps = { url: string; prefix?: string; log: Log; clock: Clock }
type Parcel = { node: string; notice?: Notice; probe?: number }

export function createRedisBus({ url, prefix = 'stagedoor', log, clock }: Deps): RedisBus {
  const node = randomUUID()
  const channel = `${prefix}:notices`
  const subscribers = new Set<(notice: Notice) => void>()
  const retryStrategy = (attempt: number) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10))
  // Old notices are worthless: nothing is kept for a later connection.
  const publisher = new Redis(url, {
    retryStrategy,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  })
  const listener = new Redis(url, { retryStrategy, autoResubscribe: true, maxRetriesPerRequest: null })
  let inFlight = 0
  let away = false

  /** One line per outage, without the address: it may hold a password. */
  function lost(reason: string) {
    if (!away) log.warn('redis away, nodes follow the database', { reason })
    away = true
  }

  function put(parcel: Parcel) {
    if (inFlight >= MAX_IN_FLIGHT) {
      lost('too many notices in flight')
      return
    }
    inFlight++
    publisher
      .publish(channel, JSON.stringify(parcel))
      .then(() => {
        if (away) log.info('redis back')
        away = false
      })
      .catch((error: unknown) => lost(error instanceof Error ? error.message : 'publish failed'))
      .finally(() => inFlight--)
      .catch(() => undefined)
  }

  const probe = createProbe({
    clock,
    send: (n) => put({ node, probe: n }),
    // Half-dead connections look healthy: only the missing echo tells.
    silent() {
      if (listener.status !== 'ready') return
      lost('no echo')
      listener.disconnect(true)
    },
  })

  function deliver(notice: Notice) {
    for (const hear of [...subscribers]) hear(notice)
  }

  /** From outside: a node of another version may say what nobody here understands, and that must end no node. */
  function tryDeliver(notice: Notice) {
    try {
      deliver(notice)
    } catch (error) {
      log.fault('redis notice', error)
    }
  }

  listener.on('message', (_: string, text: string) => {
    const parcel = parse(text)
    if (parcel?.node === node) probe.echo(parcel.probe)
    else if (parcel?.notice) tryDeliver(parcel.notice)
  })
  for (const connection of [publisher, listener])
    connection.on('error', (error: Error) => lost(error.message))

  const subscribed = listener.subscribe(channel).then(
    () => undefined,
    // Only a close while still connecting ends here.
    () => undefined,
  )

  return {
    subscribed,
    publish(notice) {
      put({ node, notice })
      // This node hears itself directly: a dead Redis must not delay its own readers.
      deliver(notice)
    },
    subscribe(fn) {
      subscribers.add(fn)
      return () => void subscribers.delete(fn)
    },
    close() {
      probe.stop()
      publisher.disconnect()
      listener.disconnect()
    },
  }
}

function parse(text: string): Parcel | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'node' in value ? (value as Parcel) : null
  } catch {
    return null
  }
}

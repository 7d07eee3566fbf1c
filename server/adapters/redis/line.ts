// One Redis server: a connection that publishes and one that listens, both made anew when they break or when
// they fall silent while looking healthy. Nothing here waits, queues or retries for long: what is lost, readers
// get from the database a second later.
import { Redis } from 'ioredis'
import type { Clock, Log } from '../../app/ports.ts'
import { encode, parse } from './parcel.ts'
import { createProbe } from './probe.ts'
import type { Hears, Wire } from './wire.ts'

/** A Redis that accepts and never answers must not fill our memory with what it has not taken. */
const MAX_IN_FLIGHT_CHARS = 8_000_000
/** What one command costs besides its text, roughly. */
const OVERHEAD_CHARS = 1_000
const RECONNECT_MAX_MS = 2_000

const OPTIONS = {
  retryStrategy: (attempt: number) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10)),
  connectTimeout: 2_000,
  // A closing connection does not wait for the other end for long: the silent ones never answer.
  disconnectTimeout: 200,
  // Nothing is kept for a later connection; channels are joined again here, where the answer is awaited.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
}

export type LineDeps = {
  url: string
  /** This node, in parcels. */
  node: string
  clock: Clock
  log: Log
  hears: Hears
  /** In a cluster: which server this is, for the log, and whom to tell when it may not be the right one. The
   * channels live on shards then. */
  shard?: { address: string; doubt(): void }
}

export function createLine({ url, node, clock, log, hears, shard }: LineDeps): Wire {
  const publisher = new Redis(url, OPTIONS)
  const listener = new Redis(url, OPTIONS)
  const wanted = new Set<string>()
  const heard = new Set<string>()
  let inFlight = 0
  let away = false
  let turn = 0

  /** One line per outage, without the address as configured: it may hold a password. */
  function lost(reason: string) {
    if (!away) log.warn('redis away, nodes follow the database', { reason, shard: shard?.address })
    away = true
  }

  function back() {
    const ready = publisher.status === 'ready' && listener.status === 'ready'
    if (!away || !ready || heard.size < wanted.size) return
    log.info('redis back', { shard: shard?.address })
    away = false
  }

  function failed(error: unknown) {
    const reason = error instanceof Error ? error.message : 'unknown'
    // The channel moved to another server: no outage of this one.
    if (!reason.startsWith('MOVED')) lost(reason)
    shard?.doubt()
  }

  function publish(channel: string, text: string) {
    const cost = text.length + OVERHEAD_CHARS
    if (inFlight + cost > MAX_IN_FLIGHT_CHARS) {
      lost('too much in flight')
      return
    }
    inFlight += cost
    const sent = shard ? publisher.spublish(channel, text) : publisher.publish(channel, text)
    sent
      .then(back, failed)
      .finally(() => (inFlight -= cost))
      .catch(() => undefined)
  }

  async function subscribe(channels: readonly string[]) {
    if (channels.length === 0) return
    // Shard channels of one command must share a slot: each goes alone.
    const asked = shard
      ? channels.map(async (channel) => [await listener.ssubscribe(channel), [channel]] as const)
      : [listener.subscribe(...channels).then((answer) => [answer, channels] as const)]
    const answers = await Promise.allSettled(asked)
    const confirmed = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value[1] : []))
    const now = confirmed.filter((channel) => wanted.has(channel))
    for (const channel of now) heard.add(channel)
    for (const answer of answers) if (answer.status === 'rejected') failed(answer.reason)
    back()
    if (now.length > 0) hears.restored(now)
  }

  function joinAll(channels: readonly string[]) {
    subscribe(channels).catch((error: unknown) => log.fault('redis restored', error))
  }

  const probe = createProbe({
    clock,
    /** Each channel in its turn: a server may have lost one of them and not the others. */
    send(n) {
      const channels = heard.size > 0 ? [...heard] : [...wanted]
      const channel = channels[turn++ % channels.length]
      if (channel === undefined) return false
      publish(channel, encode({ node, probe: n }))
      return true
    },
    // Half-dead connections look healthy: only the missing echo tells, and not which of the two it is.
    silent() {
      lost('no echo')
      shard?.doubt()
      for (const connection of [publisher, listener])
        if (['ready', 'connect'].includes(connection.status)) connection.disconnect(true)
    },
  })

  listener.on(shard ? 'smessage' : 'message', (_: string, text: string) => {
    const parcel = parse(text)
    if (!parcel) return
    if (parcel.node === node && parcel.probe !== undefined) probe.echo(parcel.probe)
    else hears.parcel(parcel)
  })
  listener.on('ready', () => {
    heard.clear()
    joinAll([...wanted])
  })
  publisher.on('ready', back)
  listener.on('close', () => {
    heard.clear()
    shard?.doubt()
  })
  // Slots left this server and took channels with them, it does not say which.
  listener.on('moved', () => {
    heard.clear()
    shard?.doubt()
  })
  for (const connection of [publisher, listener])
    connection.on('error', (error: Error) => lost(error.message))

  return {
    publish,
    join(channel) {
      wanted.add(channel)
      if (listener.status === 'ready' && !heard.has(channel)) joinAll([channel])
    },
    leave(channel) {
      heard.delete(channel)
      if (!wanted.delete(channel) || listener.status !== 'ready') return
      const left = shard ? listener.sunsubscribe(channel) : listener.unsubscribe(channel)
      left.catch(() => undefined)
    },
    close() {
      probe.stop()
      publisher.disconnect()
      listener.disconnect()
    },
  }
}

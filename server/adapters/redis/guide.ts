// Knows which server of a Redis Cluster owns which slots: asks one server every few seconds, and another one at
// once when somebody doubts the map, because the one that drew it may be cut off from the rest.
import { Redis } from 'ioredis'
import type { Clock } from '../../app/ports.ts'
import { hostOf, readSlots, urlAt } from './slots.ts'
import type { SlotMap } from './slots.ts'

const EVERY_MS = 5_000
/** After an answer, however much it is doubted: a failover brings thousands of doubts. */
const REST_MS = 250
const FAILED_MS = 1_000
const OPTIONS = {
  lazyConnect: true,
  enableReadyCheck: false,
  connectTimeout: 2_000,
  commandTimeout: 2_000,
  disconnectTimeout: 200,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
}

type Deps = {
  /** Where to begin; later the servers of the last map are asked first. */
  urls: readonly string[]
  clock: Clock
  found: (map: SlotMap) => void
  /** Nobody answered. */
  lost: (reason: string) => void
}
export type Guide = { doubt(): void; close(): void }

export function createGuide({ urls, clock, found, lost }: Deps): Guide {
  const configured = urls[0] ?? ''
  let known: string[] = []
  let turn = 0
  let current: { url: string; connection: Redis } | null = null
  let doubted = false
  let idle = false
  let closed = false
  let cancel: () => void = () => undefined

  function leave() {
    current?.connection.disconnect()
    current = null
  }

  async function ask(): Promise<SlotMap> {
    const servers = [...new Set([...known.map((address) => urlAt(configured, address)), ...urls])]
    let reason: unknown
    for (let tried = 0; tried < servers.length && !closed; tried++) {
      try {
        current ??= await open(servers[turn++ % servers.length] ?? configured)
        return readSlots(await current.connection.cluster('SLOTS'), hostOf(current.url))
      } catch (error) {
        reason = error
        leave()
      }
    }
    throw reason
  }

  function round() {
    if (doubted) leave()
    doubted = false
    idle = false
    ask().then(
      (map) => {
        known = [...new Set(map.filter((address) => address !== undefined))]
        if (!closed) found(map)
        rest(REST_MS, false)
      },
      (error: unknown) => {
        if (!closed) lost(error instanceof Error ? error.message : 'no server answers')
        rest(FAILED_MS, true)
      },
    )
  }

  function rest(ms: number, again: boolean) {
    if (closed) leave()
    else
      cancel = clock.after(ms, () => {
        idle = true
        if (again || doubted) round()
        else cancel = clock.after(EVERY_MS, round)
      })
  }

  round()
  return {
    doubt() {
      doubted = true
      if (!idle) return
      cancel()
      round()
    },
    close() {
      closed = true
      cancel()
      leave()
    },
  }
}

async function open(url: string) {
  const connection = new Redis(url, OPTIONS)
  // Every failure reaches the one who asks.
  connection.on('error', () => undefined)
  await connection.connect()
  return { url, connection }
}

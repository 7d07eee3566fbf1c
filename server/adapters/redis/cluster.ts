// A Redis Cluster as one wire: every channel is a shard channel on the server that owns its slot, so streams
// spread over the servers and a notice is copied to none of the others. Each server has its own connections, its
// own bounds and its own probe: one that is away or silent holds up nobody else's streams.
import type { Clock, Log } from '../../app/ports.ts'
import { createGuide } from './guide.ts'
import { createLine } from './line.ts'
import { slotOf, urlAt } from './slots.ts'
import type { SlotMap } from './slots.ts'
import type { Hears, Wire } from './wire.ts'

type Deps = { urls: readonly string[]; node: string; clock: Clock; log: Log; hears: Hears }

export function createClusterWire({ urls, node, clock, log, hears }: Deps): Wire {
  const slots = new Map<string, number>()
  const lines = new Map<string, Wire>()
  let map: SlotMap = []
  let lostMap = false

  const guide = createGuide({
    urls,
    clock,
    found(next) {
      if (lostMap) log.info('redis cluster found')
      lostMap = false
      map = next
      place()
    },
    lost(reason) {
      if (!lostMap) log.warn('redis cluster not found, nodes follow the database', { reason })
      lostMap = true
    },
  })

  /** Opens a line to every server with slots, closes the others, and puts each channel where it belongs now.
   * Joining again what is heard already costs nothing. */
  function place() {
    const addresses = new Set(map.filter((address) => address !== undefined))
    for (const [address, line] of lines) {
      if (addresses.has(address)) continue
      line.close()
      lines.delete(address)
    }
    for (const address of addresses) if (!lines.has(address)) lines.set(address, open(address))
    for (const [channel, slot] of slots)
      for (const [address, line] of lines)
        if (map[slot] === address) line.join(channel)
        else line.leave(channel)
  }

  const open = (address: string) =>
    createLine({
      url: urlAt(urls[0] ?? '', address),
      node,
      clock,
      log,
      hears,
      shard: { address, doubt: () => guide.doubt() },
    })

  const lineAt = (slot: number) => lines.get(map[slot] ?? '')

  return {
    publish: (channel, text) => lineAt(slots.get(channel) ?? slotOf(channel))?.publish(channel, text),
    join(channel) {
      const slot = slotOf(channel)
      slots.set(channel, slot)
      lineAt(slot)?.join(channel)
    },
    leave(channel) {
      slots.delete(channel)
      for (const line of lines.values()) line.leave(channel)
    },
    close() {
      guide.close()
      for (const line of lines.values()) line.close()
    },
  }
}

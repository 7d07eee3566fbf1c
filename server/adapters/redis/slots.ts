// Where a channel of a Redis Cluster lives: its name gives one of 16,384 slots, the cluster's map gives the server.

export const SLOTS = 16_384

/** `host:port` of the server that owns each slot; a hole where nobody does. */
export type SlotMap = readonly (string | undefined)[]

/** CRC-16/XMODEM of the name, as the cluster computes it. Our names hold no braces, so no part is singled out. */
export function slotOf(channel: string): number {
  let crc = 0
  for (const byte of new TextEncoder().encode(channel)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  }
  return (crc & 0xffff) % SLOTS
}

/** From the answer to CLUSTER SLOTS. `asked` is the host that answered: a server that does not know its own name
 * leaves it out. Throws when the answer is no map. */
export function readSlots(answer: unknown, asked: string): SlotMap {
  if (!Array.isArray(answer) || answer.length === 0) throw new Error('the cluster names no slots')
  const map: (string | undefined)[] = new Array<undefined>(SLOTS).fill(undefined)
  for (const range of answer as unknown[]) {
    const [from, to, owner] = Array.isArray(range) ? (range as unknown[]) : []
    const [host, port] = Array.isArray(owner) ? (owner as unknown[]) : []
    if (typeof from !== 'number' || typeof to !== 'number' || typeof port !== 'number')
      throw new Error('the cluster names slots in a way that is not known here')
    const name = typeof host === 'string' && host !== '' && host !== '?' ? host : asked
    map.fill(`${name}:${port}`, from, to + 1)
  }
  return map
}

/** The address of one server, with the protocol, user and password of the configured one. */
export function urlAt(configured: string, address: string): string {
  const url = new URL(configured)
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon)
  url.hostname = host.includes(':') ? `[${host}]` : host
  url.port = address.slice(colon + 1)
  return url.href
}

/** Without the brackets that an address of numbers has in a URL. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '')

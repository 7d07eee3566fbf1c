// Whose connection this is, for counting: an IPv4 address, or the /64 of an IPv6 one.
import type { HttpRequest, HttpResponse } from 'uWebSockets.js'

export function addressOf(res: HttpResponse, req: HttpRequest, trustedHops: number): string {
  const socketAddress = Buffer.from(res.getRemoteAddressAsText()).toString()
  // Some proxies add a line of their own below the client's: all lines are one list.
  const forwarded: string[] = []
  if (trustedHops > 0)
    req.forEach((name, value) => {
      if (name === 'x-forwarded-for') forwarded.push(value)
    })
  return clientAddress(socketAddress, forwarded.join(','), trustedHops)
}

/** The nth entry from the right of X-Forwarded-For, where n is the number of proxies we run: everything further
 * left was written by the client. Fewer entries than proxies means that somebody went around them: then only
 * the socket's own address counts. */
export function clientAddress(socketAddress: string, forwardedFor: string, trustedHops: number): string {
  const hops = forwardedFor === '' ? [] : forwardedFor.split(',')
  const claimed = trustedHops > 0 ? hops[hops.length - trustedHops]?.trim() : undefined
  return (claimed === undefined ? null : networkOf(claimed)) ?? networkOf(socketAddress) ?? 'unknown'
}

/** Null when it is no address at all. */
export function networkOf(text: string): string | null {
  const address = withoutPort(text)
  if (isIPv4(address)) return address
  const groups = ipv6Groups(address)
  if (!groups) return null
  const [a, b, c, d, e, f, g, h] = groups as [number, number, number, number, number, number, number, number]
  if (a === 0 && b === 0 && c === 0 && d === 0 && e === 0 && f === 0xffff)
    return [g >> 8, g & 255, h >> 8, h & 255].join('.')
  return `${[a, b, c, d].map((group) => group.toString(16)).join(':')}::/64`
}

/** Proxies write `[::1]:443` and `10.0.0.1:443` too. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)
  if (bracketed) return bracketed[1] ?? ''
  return /^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text
}

function isIPv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
}

function ipv6Groups(text: string): number[] | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted) {
    const [, head, tail] = dotted as unknown as [string, string, string]
    if (!isIPv4(tail)) return null
    const [a, b, c, d] = tail.split('.').map(Number) as [number, number, number, number]
    return ipv6Groups(`${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]?]
  const missing = 8 - left.length - (right?.length ?? 0)
  if (right ? missing < 1 : missing !== 0) return null
  const groups = [...left, ...Array<string>(missing).fill('0'), ...(right ?? [])]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.map((g) => parseInt(g, 16)) : null
}

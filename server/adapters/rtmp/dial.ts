// Calls another server over TCP or TLS.
import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, connect as connectTcp, isIP, isIPv6, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Dial } from '../../app/video-ports.ts'
import { attach } from './line.ts'

/** What went wrong, without addresses or certificates in it. */
const SAYS: Record<string, string> = {
  ECONNREFUSED: 'Nobody answers at this address.',
  ENOTFOUND: 'There is no such address.',
  EAI_AGAIN: 'The address cannot be looked up right now.',
  ETIMEDOUT: 'It did not answer in time.',
  EHOSTUNREACH: 'The address cannot be reached from here.',
  ENETUNREACH: 'The address cannot be reached from here.',
  EPRIVATE: 'It is an address of a private network, which this server does not send to (SIMULCAST_PRIVATE).',
  ECONNRESET: 'The connection broke.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is not to be trusted.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is not to be trusted.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its certificate is not to be trusted.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another address.',
}

/** Networks that are somebody's own: what a host names must not make us knock on doors inside (RFC 6890). */
const PRIVATE = new BlockList()
for (const [network, bits] of [
  ...[
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ],
  ...[
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ],
] as [string, number][])
  PRIVATE.addSubnet(network, bits)
for (const [network, bits] of [
  ...[
    ['::', 127],
    ['64:ff9b::', 96],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
  ],
] as [string, number][])
  PRIVATE.addSubnet(network, bits, 'ipv6')

const isPrivate = (address: string): boolean => PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
const HIDDEN = Object.assign(new Error('a private address'), { code: 'EPRIVATE' })

/** Looks at what a name means at the moment of the connection: a name may mean something else a moment later. */
const publicLookup: LookupFunction = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error, found: LookupAddress[] | undefined) => {
    const [first, ...rest] = (found ?? []).filter(({ address }) => !isPrivate(address))
    if (error || !first) done(error ?? HIDDEN, '', 0)
    else if (options.all) done(null, [first, ...rest])
    else done(null, first.address, first.family)
  })
}

/** `ca`: whom to trust besides, for servers with a certificate of their own. `publicOnly`: never into private
 * networks. */
export function createDial({ ca, publicOnly = false }: { ca?: string; publicOnly?: boolean } = {}): Dial {
  return ({ host, port, secure }, { opened, failed }) => {
    let over = false
    // Of a bare address nothing is looked up.
    if (publicOnly && isIP(host) && isPrivate(host)) {
      queueMicrotask(() => {
        if (!over) failed(SAYS['EPRIVATE'] ?? '')
      })
      return () => void (over = true)
    }
    const to = { host, port, ...(publicOnly ? { lookup: publicLookup } : {}) }
    const socket: Socket = secure
      ? connectTls({
          ...to,
          ...(isIP(host) ? {} : { servername: host }),
          ...(ca === undefined ? {} : { ca }),
        })
      : connectTcp(to)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      if (over) return
      over = true
      attach(socket, host, opened)
    })
    // Also while it is a line: an error without a listener would end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (over) return
      over = true
      failed(SAYS[error.code ?? ''] ?? 'The connection failed.')
    })
    return () => {
      if (over) return
      over = true
      socket.destroy()
    }
  }
}
